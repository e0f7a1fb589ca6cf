# Fit every data set of repeated_data.py with R's mmrm, nlme and lme4, and write what they say.
#
#   python tests/validation/double_programmed/repeated_data.py DIR
#   Rscript tests/validation/double_programmed/mmrm.R DIR tests/validation/double_programmed
#
# Made with R 4.2.2, mmrm 0.3.18 (TMB 1.9.2), emmeans 1.8.4, nlme 3.1.162, lme4 1.1.31, pbkrtest 0.5.2.

suppressWarnings({
  library(mmrm); library(nlme); library(emmeans); library(lme4); library(pbkrtest)
})
emm_options(rg.limit = 1e6, msg.interaction = FALSE)
args <- commandArgs(trailingOnly = TRUE)
structures <- c(
  us = "unstructured", cs = "compound symmetry", csh = "heterogeneous compound symmetry", ar1 = "AR(1)",
  ar1h = "heterogeneous AR(1)", ad = "ante-dependence", adh = "heterogeneous ante-dependence", toep = "Toeplitz",
  toeph = "heterogeneous Toeplitz", sp_exp = "spatial exponential"
)
methods <- list(
  "Satterthwaite" = c("Satterthwaite", "Asymptotic"),
  "Kenward-Roger" = c("Kenward-Roger", "Kenward-Roger"),
  "Kenward-Roger, linear" = c("Kenward-Roger", "Kenward-Roger-Linear"),
  "sandwich CR0" = c("Satterthwaite", "Empirical"),
  "sandwich CR3" = c("Satterthwaite", "Empirical-Jackknife")
)
short <- function(x) as.numeric(sprintf("%.10g", x))

read <- function(name) {
  d <- read.csv(file.path(args[1], paste0(name, ".csv")))
  for (column in intersect(c("USUBJID", "ARM", "AVISIT", "SITE"), names(d))) d[[column]] <- factor(d[[column]])
  d
}

mean_model <- function(name) if (name == "growth") "CHG ~ ARM * AVISIT" else "CHG ~ SITE + BASE * AVISIT + ARM * AVISIT"

differences <- function(fit) {
  e <- as.data.frame(contrast(emmeans(fit, ~ ARM | AVISIT), "trt.vs.ctrl"))
  data.frame(contrast = paste(e$contrast, "at", e$AVISIT), estimate = e$estimate, se = e$SE, df = e$df)
}

by_mmrm <- function(name, structure, by_arm, reml, errors) {
  d <- read(name)
  inner <- if (structure == "sp_exp") "DAY" else "AVISIT"
  formula <- sprintf("%s + %s(%s | %sUSUBJID)", mean_model(name), structure, inner, if (by_arm) "ARM / " else "")
  control <- mmrm_control(
    method = methods[[errors]][1], vcov = methods[[errors]][2], optimizer = "BFGS",
    optimizer_control = list(reltol = 1e-15, maxit = 2000)
  )
  fit <- suppressWarnings(mmrm(as.formula(formula), data = d, reml = reml, control = control))
  cbind(
    data.frame(
      data = name, structure = structures[[structure]], by_arm = by_arm, likelihood = if (reml) "REML" else "ML",
      errors = errors, deviance = short(2 * fit$neg_log_lik)
    ),
    differences(fit)
  )
}

rows <- list()
add <- function(...) {
  found <- tryCatch(by_mmrm(...), error = function(e) { message(paste(c(...), collapse = " "), ": ", e$message); NULL })
  rows[[length(rows) + 1]] <<- found
}
for (name in c("growth", "small", "middle", "arms", "large")) for (structure in names(structures)) {
  sandwich <- if (name == "large") c() else c("sandwich CR0", "sandwich CR3")
  for (errors in c("Satterthwaite", "Kenward-Roger", "Kenward-Roger, linear", sandwich)) {
    add(name, structure, FALSE, TRUE, errors)
  }
  add(name, structure, FALSE, FALSE, "Satterthwaite")
  if (name != "large") for (errors in c("Satterthwaite", "Kenward-Roger")) add(name, structure, TRUE, TRUE, errors)
  message(name, " ", structure, " ", format(Sys.time()))
}
table <- do.call(rbind, rows)
for (column in c("estimate", "se", "df")) table[[column]] <- short(table[[column]])
write.csv(table, file.path(args[2], "mmrm.csv"), row.names = FALSE, quote = TRUE)

# nlme::gls: the same structures where it has them.
own <- varIdent(form = ~ 1 | AVISIT)
gls_structures <- list(
  us = list(corSymm(form = ~ as.integer(AVISIT) | USUBJID), own),
  cs = list(corCompSymm(form = ~ as.integer(AVISIT) | USUBJID), NULL),
  csh = list(corCompSymm(form = ~ as.integer(AVISIT) | USUBJID), own),
  ar1 = list(corAR1(form = ~ as.integer(AVISIT) | USUBJID), NULL),
  ar1h = list(corAR1(form = ~ as.integer(AVISIT) | USUBJID), own),
  sp_exp = list(corExp(form = ~ DAY | USUBJID), NULL)
)
found <- list()
for (name in c("growth", "small", "middle", "arms")) for (structure in names(gls_structures)) {
  parts <- gls_structures[[structure]]
  # nlminb stops early and optim starts badly: the second goes on from where the first stopped.
  search <- function(correlation, weights, opt) tryCatch(
    do.call(gls, list(
      as.formula(mean_model(name)), data = read(name), correlation = correlation, weights = weights,
      control = glsControl(maxIter = 500, msMaxIter = 5000, tolerance = 1e-12, msTol = 1e-16, opt = opt)
    )),
    error = function(e) { message("gls ", name, " ", structure, " ", opt, ": ", e$message); NULL }
  )
  fit <- search(parts[[1]], parts[[2]], "nlminb")
  again <- if (!is.null(fit)) search(fit$modelStruct$corStruct, fit$modelStruct$varStruct, "optim")
  if (!is.null(again) && again$logLik > fit$logLik) fit <- again
  if (is.null(fit)) next
  e <- as.data.frame(contrast(emmeans(fit, ~ ARM | AVISIT, mode = "asymptotic"), "trt.vs.ctrl"))
  found[[length(found) + 1]] <- data.frame(
    data = name, structure = structures[[structure]], contrast = paste(e$contrast, "at", e$AVISIT),
    estimate = short(e$estimate), se = short(e$SE)
  )
}
write.csv(do.call(rbind, found), file.path(args[2], "nlme.csv"), row.names = FALSE, quote = TRUE)

# lme4 + pbkrtest: a random intercept is compound symmetry; their information is the expected one.
fit <- lmer(CHG ~ ARM * AVISIT + (1 | USUBJID), data = read("growth"), control = lmerControl(
  optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5)))
coefficients <- names(fixef(fit))
test <- function(picked) {
  L <- matrix(0, length(picked), length(coefficients))
  L[cbind(seq_along(picked), match(picked, coefficients))] <- 1
  s <- KRmodcomp(fit, L)$stats
  data.frame(f = short(s$Fstat), df1 = s$ndf, df2 = short(s$ddf), p = short(s$p.value))
}
interaction <- grep(":", coefficients, value = TRUE)
joint <- rbind(
  cbind(test = "ARM at the first visit", test("ARMM")),
  cbind(test = "ARM x AVISIT", test(interaction))
)
write.csv(joint, file.path(args[2], "pbkrtest.csv"), row.names = FALSE, quote = TRUE)

# Joint tests of the interaction by mmrm.
joint <- list()
for (name in c("growth", "small", "middle", "arms")) for (errors in names(methods)[1:3]) for (structure in c("us", "ar1h")) {
  formula <- sprintf("%s + %s(AVISIT | USUBJID)", mean_model(name), structure)
  fit <- suppressWarnings(mmrm(as.formula(formula), data = read(name), control = mmrm_control(
    method = methods[[errors]][1], vcov = methods[[errors]][2], optimizer = "BFGS",
    optimizer_control = list(reltol = 1e-15, maxit = 2000))))
  picked <- grep("ARM.*:|:ARM", names(coef(fit)))
  L <- diag(length(coef(fit)))[picked, , drop = FALSE]
  s <- df_md(fit, L)
  joint[[length(joint) + 1]] <- data.frame(
    data = name, structure = structures[[structure]], errors = errors, f = short(s$f_stat), df1 = s$num_df,
    df2 = short(s$denom_df), p = short(s$p_val)
  )
}
write.csv(do.call(rbind, joint), file.path(args[2], "mmrm_joint.csv"), row.names = FALSE, quote = TRUE)
