# Survival by R's survival, and meta-analysis by R's metafor.
#
#   python tests/validation/double_programmed/survival_data.py DIR
#   Rscript tests/validation/double_programmed/survival.R DIR tests/validation/double_programmed
#
# Made with R 4.2.2, survival 3.5.3, metafor 3.8.1.

suppressWarnings(suppressMessages({ library(survival); library(metafor) }))
args <- commandArgs(trailingOnly = TRUE)
out <- list()
say <- function(data, what, value) out[[length(out) + 1]] <<- data.frame(
  data = data, what = what, value = as.numeric(sprintf("%.12g", value)))
for (name in c("leukaemia", "strata")) {
  d <- read.csv(file.path(args[1], paste0(name, ".csv")))
  for (g in 0:1) {
    s <- survfit(Surv(TIME, EVENT) ~ 1, data = d[d$GROUP == g, ], conf.type = "log-log")
    for (t in c(5, 10, 15, 20)) {
      at <- summary(s, times = t)
      for (what in c("surv", "std.err", "lower", "upper")) say(name, paste("km", g, t, what), at[[what]])
    }
    say(name, paste("median", g), summary(s)$table["median"])
    r <- summary(s, rmean = 20)$table
    say(name, paste("rmst", g), r["rmean"]); say(name, paste("rmst se", g), r["se(rmean)"])
  }
  say(name, "logrank", survdiff(Surv(TIME, EVENT) ~ GROUP, data = d)$chisq)
  if (name == "strata") {
    say(name, "logrank strata", survdiff(Surv(TIME, EVENT) ~ GROUP + strata(STRATUM), data = d)$chisq)
    say(name, "logrank three", survdiff(Surv(TIME, EVENT) ~ STRATUM, data = d)$chisq)
  }
  for (ties in c("efron", "breslow")) for (stratified in if (name == "strata") c(FALSE, TRUE) else FALSE) {
    right <- if (name == "strata") "GROUP + X" else "GROUP"
    if (stratified) right <- paste(right, "+ strata(STRATUM)")
    f <- coxph(as.formula(paste("Surv(TIME, EVENT) ~", right)), data = d, ties = ties,
               control = coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100))
    for (k in seq_along(coef(f))) {
      say(name, paste("cox", ties, stratified, k, "beta"), coef(f)[k])
      say(name, paste("cox", ties, stratified, k, "se"), sqrt(vcov(f)[k, k]))
    }
    say(name, paste("cox", ties, stratified, "loglik"), f$loglik[2])
  }
}
write.csv(do.call(rbind, out), file.path(args[2], "survival.csv"), row.names = FALSE)

# Colditz et al (1994), JAMA 271:698: trials of BCG against tuberculosis, logarithm of the risk ratio.
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
write.csv(data.frame(effect = as.numeric(sprintf("%.15g", bcg$yi)), variance = as.numeric(sprintf("%.15g", bcg$vi))),
          file.path(args[2], "bcg.csv"), row.names = FALSE)
rows <- list()
or_none <- function(x) if (length(x)) x else NA  # one effect for all studies predicts no other
for (method in c("REML", "PM", "DL", "EE")) for (test in c("z", "knha")) {
  f <- rma(yi, vi, data = bcg, method = method, test = test,
           control = list(threshold = 1e-14, maxiter = 10000, tol = 1e-14))
  p <- predict(f)
  rows[[length(rows) + 1]] <- data.frame(
    method = method, test = test, estimate = f$beta[1], se = f$se, low = f$ci.lb, high = f$ci.ub, p = f$pval,
    tau2 = f$tau2, Q = f$QE, Qp = f$QEp, I2 = f$I2 / 100, predicted_low = or_none(p$pi.lb), predicted_high = or_none(p$pi.ub))
}
table <- do.call(rbind, rows)
for (column in names(table)[-(1:2)]) table[[column]] <- as.numeric(sprintf("%.12g", table[[column]]))
write.csv(table, file.path(args[2], "metafor.csv"), row.names = FALSE)
