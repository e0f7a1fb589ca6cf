# Impute by conditional means, after every strategy, with R's rbmi, and write estimates and jackknife errors.
#
#   python tests/validation/double_programmed/repeated_data.py DIR
#   Rscript tests/validation/double_programmed/imputation.R DIR tests/validation/double_programmed
#
# Made with R 4.2.2, rbmi 1.5.2 (without its Stan parts), mmrm 0.3.18.

suppressWarnings(library(rbmi))
args <- commandArgs(trailingOnly = TRUE)
short <- function(x) as.numeric(sprintf("%.10g", x))
found <- list()
for (name in c("small", "middle", "arms")) {
  d <- read.csv(file.path(args[1], paste0(name, ".csv")))
  for (column in c("USUBJID", "ARM", "AVISIT", "SITE")) d[[column]] <- factor(d[[column]])
  d$DAY <- NULL
  people <- unique(d[, c("USUBJID", "ARM", "SITE", "BASE")])
  full <- merge(expand.grid(USUBJID = people$USUBJID, AVISIT = levels(d$AVISIT)), people)
  full <- merge(full, d[, c("USUBJID", "AVISIT", "CHG")], all.x = TRUE)
  full$AVISIT <- factor(full$AVISIT, levels = levels(d$AVISIT))
  full <- full[order(full$USUBJID, full$AVISIT), ]
  last <- tapply(ifelse(is.na(full$CHG), 0, as.integer(full$AVISIT)), full$USUBJID, max)
  left <- names(last)[last < nlevels(d$AVISIT)]
  vars <- set_vars(outcome = "CHG", visit = "AVISIT", subjid = "USUBJID", group = "ARM",
                   covariates = c("SITE", "BASE * AVISIT", "ARM * AVISIT"))
  simple <- vars
  simple$covariates <- c("SITE", "BASE")
  others <- setdiff(levels(d$ARM), "A")
  for (same in c(TRUE, FALSE)) for (strategy in c("MAR", "CR", "JR", "CIR")) {
    ice <- data.frame(USUBJID = left, AVISIT = levels(d$AVISIT)[last[left] + 1], strategy = strategy)
    ice$AVISIT <- factor(ice$AVISIT, levels = levels(d$AVISIT))
    if (strategy == "MAR") ice$strategy <- "MAR"
    use <- subset(full, ARM %in% c("A", others))
    pars <- tryCatch({
      m <- method_condmean(type = "jackknife", same_cov = same)
      dr <- draws(use, ice, vars, m, quiet = TRUE)
      im <- impute(dr, references = setNames(rep("A", nlevels(d$ARM)), levels(d$ARM)))
      last_visit <- tail(levels(d$AVISIT), 1)
      if (nlevels(d$ARM) == 2) {
        an <- analyse(im, ancova, vars = simple, visits = last_visit)
      } else {
        an <- analyse(im, function(data, ...) {
          fit <- lm(CHG ~ SITE + BASE + ARM, data = data[data$AVISIT == last_visit, ])
          s <- summary(fit)$coefficients
          lapply(setNames(paste0("ARM", others), paste0("trt_", others)), function(row)
            list(est = s[row, 1], se = s[row, 2], df = fit$df.residual))
        })
      }
      p <- pool(an)$pars
      p[grepl("^trt_", names(p))]
    }, error = function(e) { message(name, " ", strategy, " ", same, ": ", e$message); NULL })
    if (is.null(pars)) next
    for (k in seq_along(pars)) found[[length(found) + 1]] <- data.frame(
      data = name, by_arm = !same, strategy = strategy, contrast = paste(others[k], "- A"),
      estimate = short(pars[[k]]$est), se = short(pars[[k]]$se))
    message(name, " ", strategy, " ", same, " ", format(Sys.time()))
  }
}
write.csv(do.call(rbind, found), file.path(args[2], "rbmi.csv"), row.names = FALSE, quote = TRUE)
