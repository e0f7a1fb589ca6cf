# A trial of two stages whose size may grow where conditional power is promising, simulated by R's rpact.
#
#   Rscript tests/validation/double_programmed/promising.R tests/validation/double_programmed
#
# 442 people (one-sided 0.025, deviation 7.5), looked at after 208, up to 884; inverse normal combination, no stop early.
# The zone is from a conditional power of 0.36 to 0.8 by the trend so far. Made with R 4.2.2, rpact 3.3.4.

suppressMessages(library(rpact))
setLogLevel("DISABLED")
args <- commandArgs(trailingOnly = TRUE)
n1 <- 208; n2 <- 442; most <- 884; low <- 0.36; target <- 0.8
again <- function(..., stage, plannedSubjects, conditionalCriticalValue, sampleSizesPerStage, thetaH1, stDevH1) {
  z <- thetaH1 / stDevH1 * sqrt(sampleSizesPerStage[1]) / 2
  planned <- plannedSubjects[2] - plannedSubjects[1]
  power <- pnorm(thetaH1 / stDevH1 * sqrt(planned) / 2 - conditionalCriticalValue)
  if (z <= 0 || power < low || power >= target) return(planned)
  wanted <- 4 * ((conditionalCriticalValue + qnorm(target)) * stDevH1 / thetaH1)^2
  min(max(wanted, planned), most - plannedSubjects[1])
}
design <- getDesignInverseNormal(
  kMax = 2, alpha = 0.025, informationRates = c(n1 / n2, 1), typeOfDesign = "noEarlyEfficacy")
s <- getSimulationMeans(
  design, groups = 2, stDev = 7.5, alternative = c(0, 1.6, 1.8, 2), plannedSubjects = c(n1, n2),
  minNumberOfSubjectsPerStage = c(NA, 2), maxNumberOfSubjectsPerStage = c(NA, most), conditionalPower = target,
  calcSubjectsFunction = again, maxNumberOfIterations = 200000, seed = 442)
write.csv(
  data.frame(effect = s$alternative, power = s$overallReject, people = s$expectedNumberOfSubjects),
  file.path(args[1], "promising.csv"), row.names = FALSE)
