# Bias-reduced sandwich errors (CR2) of differences between arms, by R's nlme and clubSandwich.
#
#   python tests/validation/double_programmed/repeated_data.py DIR
#   Rscript tests/validation/double_programmed/sandwich.R DIR tests/validation/double_programmed
#
# Made with R 4.2.2, nlme 3.1.162, clubSandwich 0.5.8, emmeans 1.8.4.

suppressWarnings(suppressMessages({ library(nlme); library(clubSandwich); library(emmeans) }))
emm_options(msg.interaction = FALSE)
args <- commandArgs(trailingOnly = TRUE)
short <- function(x) as.numeric(sprintf("%.10g", x))

read <- function(name) {
  d <- read.csv(file.path(args[1], paste0(name, ".csv")))
  for (column in intersect(c("USUBJID", "ARM", "AVISIT", "SITE"), names(d))) d[[column]] <- factor(d[[column]])
  d
}
mean_model <- function(name) if (name == "growth") "CHG ~ ARM * AVISIT" else "CHG ~ SITE + BASE * AVISIT + ARM * AVISIT"
own <- varIdent(form = ~ 1 | AVISIT)
structures <- list(
  "unstructured" = list(corSymm(form = ~ as.integer(AVISIT) | USUBJID), own),
  "compound symmetry" = list(corCompSymm(form = ~ as.integer(AVISIT) | USUBJID), NULL),
  "heterogeneous AR(1)" = list(corAR1(form = ~ as.integer(AVISIT) | USUBJID), own)
)
rows <- list()
for (name in c("growth", "small", "middle", "arms")) for (structure in names(structures)) {
  d <- read(name)
  parts <- structures[[structure]]
  # nlminb stops early and optim starts badly: the second goes on from where the first stopped.
  search <- function(correlation, weights, opt) tryCatch(
    do.call(gls, list(
      as.formula(mean_model(name)), data = quote(d), correlation = correlation, weights = weights,
      control = glsControl(maxIter = 500, msMaxIter = 5000, tolerance = 1e-12, msTol = 1e-16, opt = opt)
    )),
    error = function(e) { message("gls ", name, " ", structure, " ", opt, ": ", e$message); NULL }
  )
  fit <- search(parts[[1]], parts[[2]], "nlminb")
  again <- if (!is.null(fit)) search(fit$modelStruct$corStruct, fit$modelStruct$varStruct, "optim")
  if (!is.null(again) && again$logLik > fit$logLik) fit <- again
  if (is.null(fit)) next
  e <- contrast(emmeans(fit, ~ ARM | AVISIT, mode = "asymptotic"), "trt.vs.ctrl")
  wanted <- as.data.frame(e)
  weights <- e@linfct
  found <- linear_contrast(fit, vcov = "CR2", contrasts = weights, test = "Satterthwaite")
  rows[[length(rows) + 1]] <- data.frame(
    data = name, structure = structure, contrast = paste(wanted$contrast, "at", wanted$AVISIT),
    estimate = short(found$Est), se = short(found$SE), df = short(found$df)
  )
  message(name, " ", structure, " ", format(Sys.time()))
}
write.csv(do.call(rbind, rows), file.path(args[2], "clubsandwich.csv"), row.names = FALSE, quote = TRUE)
