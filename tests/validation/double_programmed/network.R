# Network meta-analysis by R's metafor.
#
#   Rscript tests/validation/double_programmed/network.R tests/validation/double_programmed
#
# Made with R 4.2.2, metafor 3.8.1, metadat 1.2.0. A variance between studies of tau2 for every comparison is a
# correlation of a half between those of one study.

suppressWarnings(suppressMessages(library(metafor)))
args <- commandArgs(trailingOnly = TRUE)
short <- function(x) as.numeric(sprintf("%.12g", x))
out <- list()
say <- function(data, method, what, value) out[[length(out) + 1]] <<- data.frame(
  data = data, method = method, what = what, value = short(value))

# Senn et al (2013), Stat Methods Med Res 22:169: HbA1c under ten treatments of diabetes.
senn <- metadat::dat.senn2013
senn <- data.frame(study = senn$study, treatment = senn$treatment, estimate = senn$mi, se = senn$sdi / sqrt(senn$ni))
senn$se <- short(senn$se)
write.csv(senn, file.path(args[1], "senn.csv"), row.names = FALSE)
# Hasselblad (1998), Med Decis Making 18:37: people who stopped smoking.
smoke <- metadat::dat.hasselblad1998
smoke <- data.frame(study = paste0("S", smoke$study), treatment = smoke$trt, events = smoke$xi, total = smoke$ni)
write.csv(smoke, file.path(args[1], "smoking.csv"), row.names = FALSE)
for (each in split(seq_len(nrow(smoke)), smoke$study)) if (any(smoke$events[each] == 0)) {
  smoke$events[each] <- smoke$events[each] + 0.5
  smoke$total[each] <- smoke$total[each] + 1
}
smoke$estimate <- log(smoke$events / (smoke$total - smoke$events))
smoke$se <- sqrt(1 / smoke$events + 1 / (smoke$total - smoke$events))

for (name in c("senn", "smoking")) {
  arms <- if (name == "senn") senn else smoke
  reference <- if (name == "senn") "placebo" else "no_contact"
  treatments <- c(reference, sort(setdiff(unique(arms$treatment), reference)))
  y <- c(); study <- c(); design <- c(); rows <- list(); blocks <- list()
  for (s in unique(arms$study)) {
    d <- arms[arms$study == s, ]
    d <- d[order(match(d$treatment, treatments)), ]
    y <- c(y, d$estimate[-1] - d$estimate[1])
    study <- c(study, rep(s, nrow(d) - 1))
    design <- c(design, rep(paste(d$treatment, collapse = " : "), nrow(d) - 1))
    blocks[[s]] <- diag(d$se[-1]^2, nrow(d) - 1) + d$se[1]^2
    for (t in d$treatment[-1]) {
      row <- as.numeric(treatments == t) - as.numeric(treatments == d$treatment[1])
      rows[[length(rows) + 1]] <- row[-1]
    }
  }
  X <- do.call(rbind, rows)
  V <- bldiag(blocks)
  d <- data.frame(study = study, comparison = ave(seq_along(y), study, FUN = seq_along))
  # Every design has effects of its own.
  D <- do.call(cbind, lapply(unique(design), function(each) {
    here <- d$comparison * (design == each)
    sapply(seq_len(max(here)), function(k) as.numeric(here == k))
  }))
  pairs <- utils::combn(seq_along(treatments), 2)
  C <- apply(pairs, 2, function(p) as.numeric(seq_along(treatments) == p[2]) - as.numeric(seq_along(treatments) == p[1]))
  C <- t(C)[, -1]
  for (method in c("REML", "EE")) {
    fit <- if (method == "EE") rma.mv(y, V, mods = X, intercept = FALSE) else rma.mv(
      y, V, mods = X, intercept = FALSE, random = ~ comparison | study, rho = 1 / 2, data = d,
      control = list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-16))
    say(name, method, "tau2", fit$tau2)
    say(name, method, "Q", fit$QE)
    say(name, method, "Qp", fit$QEp)
    p <- predict(fit, newmods = C)
    for (k in seq_len(ncol(pairs))) {
      key <- paste(treatments[pairs[2, k]], "-", treatments[pairs[1, k]])
      say(name, method, paste(key, "estimate"), p$pred[k])
      say(name, method, paste(key, "se"), p$se[k])
      say(name, method, paste(key, "low"), p$ci.lb[k])
      say(name, method, paste(key, "high"), p$ci.ub[k])
      if (method == "REML") {
        say(name, method, paste(key, "predicted_low"), p$pi.lb[k])
        say(name, method, paste(key, "predicted_high"), p$pi.ub[k])
      }
    }
    b <- c(0, fit$beta); S <- rbind(0, cbind(0, fit$vb))
    for (i in seq_along(treatments)) {
      better <- sapply(setdiff(seq_along(treatments), i), function(j) pnorm(
        (b[i] - b[j]) / sqrt(S[i, i] + S[j, j] - 2 * S[i, j])))
      say(name, method, paste(treatments[i], "score"), mean(better))
    }
  }
  say(name, "EE", "Q within", rma.mv(y, V, mods = D, intercept = FALSE)$QE)
  # Designs with each other, at the variance between studies of one design: what freeing the designs gains.
  within <- rma.mv(y, V, mods = D, intercept = FALSE, random = ~ comparison | study, rho = 1 / 2, data = d,
                   control = list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-16))
  say(name, "REML", "tau2 within", within$tau2)
  K <- outer(study, study, "==") * (0.5 + 0.5 * diag(length(y)))
  tight <- rma.mv(y, V + within$tau2 * K, mods = X, intercept = FALSE)
  free <- rma.mv(y, V + within$tau2 * K, mods = D, intercept = FALSE)
  say(name, "REML", "Q between", tight$QE - free$QE)
}
write.csv(do.call(rbind, out), file.path(args[1], "network.csv"), row.names = FALSE)
