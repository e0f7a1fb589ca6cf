# Trials with several analyses, by R's rpact.
#
#   Rscript tests/validation/double_programmed/sequential.R tests/validation/double_programmed
#
# Made with R 4.2.2, rpact 3.3.4.

suppressMessages(library(rpact))
setLogLevel("DISABLED")
args <- commandArgs(trailingOnly = TRUE)
out <- list()
say <- function(design, what, stage, value) out[[length(out) + 1]] <<- data.frame(
  design = design, what = what, stage = stage, value = as.numeric(sprintf("%.12g", value)))
looks <- list(even = (1:5) / 5, two = c(0.5, 1), uneven = c(0.15, 0.3, 0.75, 1))
rules <- list(
  pocock = list(typeOfDesign = "P"), obrien = list(typeOfDesign = "OF"),
  wang = list(typeOfDesign = "WT", deltaWT = 0.25), haybittle = list(typeOfDesign = "HP"),
  spend_obrien = list(typeOfDesign = "asOF"), spend_pocock = list(typeOfDesign = "asP"),
  spend_gamma = list(typeOfDesign = "asHSD", gammaA = -4), spend_power = list(typeOfDesign = "asKD", gammaA = 2)
)
for (look in names(looks)) for (rule in names(rules)) for (sided in 1:2) {
  d <- do.call(getDesignGroupSequential, c(rules[[rule]], list(
    informationRates = looks[[look]], alpha = 0.025 * sided, sided = sided, beta = 0.1, tolerance = 1e-10)))
  key <- paste(rule, look, sided)
  for (k in seq_along(looks[[look]])) say(key, "upper", k, d$criticalValues[k])
  c <- getDesignCharacteristics(d)
  say(key, "shift", 0, c$shift); say(key, "inflation", 0, c$inflationFactor)
  say(key, "expected_effect", 0, c$averageSampleNumber1); say(key, "expected_none", 0, c$averageSampleNumber0)
}
futilities <- list(
  spend_obrien = list(typeBetaSpending = "bsOF"), spend_pocock = list(typeBetaSpending = "bsP"),
  spend_gamma = list(typeBetaSpending = "bsHSD", gammaB = -2)
)
for (look in names(looks)) for (futility in names(futilities)) for (binding in c(FALSE, TRUE)) {
  d <- do.call(getDesignGroupSequential, c(futilities[[futility]], list(
    typeOfDesign = "asOF", informationRates = looks[[look]], alpha = 0.025, beta = 0.2, bindingFutility = binding,
    tolerance = 1e-10)))
  key <- paste("futility", futility, look, binding)
  last <- length(looks[[look]])
  for (k in 1:last) say(key, "upper", k, d$criticalValues[k])
  for (k in seq_len(last - 1)) say(key, "lower", k, d$futilityBounds[k])
  c <- getDesignCharacteristics(d)
  say(key, "shift", 0, c$shift); say(key, "inflation", 0, c$inflationFactor)
  say(key, "expected_effect", 0, c$averageSampleNumber1); say(key, "expected_none", 0, c$averageSampleNumber0)
  for (k in 1:last) say(key, "rejected", k, c$rejectionProbabilities[k])
  for (k in seq_len(last - 1)) say(key, "futile", k, c$futilityProbabilities[k])
}
# Conclusions: log hazard ratios of 1:1 trials, so that information is events / 4. Stage, events and log-rank statistics.
stops <- list(
  list("spend_obrien", 2, c(45, 90), c(1.2, 2.9)), list("spend_pocock", 1, 45, 2.8),
  list("spend_obrien", 3, c(45, 90, 150), c(0.3, 1.1, 2.3)), list("spend_pocock", 3, c(45, 90, 150), c(-0.2, 0.6, 1.0))
)
for (number in seq_along(stops)) {
  s <- stops[[number]]
  d <- do.call(getDesignGroupSequential, c(rules[[s[[1]]]], list(informationRates = c(0.3, 0.6, 1), alpha = 0.025)))
  data <- getDataset(cumEvents = s[[3]], cumLogRanks = s[[4]], cumAllocationRatios = rep(1, s[[2]]))
  r <- getAnalysisResults(d, data, stage = s[[2]], directionUpper = TRUE)
  at <- s[[2]]
  key <- paste("conclusion", number)
  say(key, "p", at, r$finalPValues[at])
  say(key, "low", at, log(r$finalConfidenceIntervalLowerBounds[at]))
  say(key, "high", at, log(r$finalConfidenceIntervalUpperBounds[at]))
  say(key, "estimate", at, log(r$medianUnbiasedEstimates[at]))
}
write.csv(do.call(rbind, out), file.path(args[1], "sequential.csv"), row.names = FALSE)
