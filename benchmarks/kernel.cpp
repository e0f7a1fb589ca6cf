// The structured scheme on the full chain once more, written by hand for eight people at a time.
//
// A peer for measuring the compiled engine, and nothing else: the same grid, the same two levels and the same sweep,
// with everything done that a careful hand does. Eight people stay in registers through their whole course; what pulls
// a state at the end of a step is kept for the next one; what depends on the length of a step alone is found once for
// everybody; no quotient is taken where a product will do. `kernel.py` builds it, with the machine's own compiler.

#include <cmath>
#include <vector>

namespace {

constexpr int LANES = 8;
typedef double V __attribute__((vector_size(LANES * sizeof(double))));
typedef long long I __attribute__((vector_size(LANES * sizeof(long long))));
typedef double Kept __attribute__((vector_size(LANES * sizeof(double)), aligned(8)));  // as NumPy keeps them

constexpr double SERIES_BELOW = 1e-2;  // as in the engine
constexpr double NOTHING = 1e-200;
constexpr int MOST_MODES = 32, MOST_TERMS = 64, STEPS = 4;  // fine steps a segment; the coarse level takes two

// Positions in the array of numbers, in the order of `NUMBERS` in kernel.py.
enum Number {
    FREE, C_HALF, SURGE, DIRECT, IC50_E, TAU_BDNF, TAU_MTOR, K_POT, TAU_POT, K_SPN, Y_MTOR, Y_5HT, SPN_MAX, CHI,
    F_RES, KAPPA, AR_MIN, K_AR, TAU_AR, K_LRN, Y_LRN, TAU_LRN, E_LRN, TAU_SEV, A_POT, A_BDNF, A_SPN, A_5HT, A_LRN
};
enum Output { EFFECT, BOUND, LOAD, THERAPY, ELIMINATION, OUTPUTS };
enum State { BDNF, MTOR, POT, AR, LRN, SPN, SEV, AREA, STATES };

inline V all(double x) { return V{} + x; }
inline V positive(V x) { return x > 0.0 ? x : V{}; }
inline V root(V x) {
    V found{};
    for (int lane = 0; lane < LANES; ++lane) found[lane] = __builtin_sqrt(x[lane]);
    return found;
}
inline V magnitude(V x) { return x < 0.0 ? -x : x; }

// e^x by 2^n e^r with r within ln 2/2, where thirteen terms of the series leave 4e-18.
inline V exponential(V x) {
    constexpr double ROUND = 0x1.8p52, PER_LN2 = 0x1.71547652b82fep0, LN2 = 0x1.62e42fefa39efp-1,
                     REST = 0x1.abc9e3b39803fp-56;
    x = x < -708.0 ? all(-708.0) : x;
    V shifted = x * PER_LN2 + ROUND;
    V n = shifted - ROUND;
    V r = (x - n * LN2) - n * REST;
    V sum = all(1.0 / 6227020800.0);
    constexpr double TERMS[] = {1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
                                1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0};
    for (double term : TERMS) sum = sum * r + term;
    return (V)((I)sum + ((I)shifted << 52));
}

template <class T> inline T phi1_series(T x) {
    return 1.0 - x * (1.0 / 2) * (1.0 - x * (1.0 / 3) * (1.0 - x * (1.0 / 4) * (1.0 - x * (1.0 / 5))));
}
template <class T> inline T phi2_series(T x) {
    return 0.5 - x * (1.0 / 6) * (1.0 - x * (1.0 / 4) * (1.0 - x * (1.0 / 5)));
}

// How a state under a known rate gets through a step: y' = kept y + early d0 + late d1.
template <class T> struct Step { T kept, early, late; };

Step<double> step_of(double x, double h) {
    const bool small = std::fabs(x) < SERIES_BELOW;
    const double E = std::exp(-x);
    const double phi1 = small ? phi1_series(x) : (1.0 - E) / x, phi2 = small ? phi2_series(x) : (1.0 - phi1) / x;
    return {E, h * (phi1 - phi2), h * phi2};
}

inline Step<V> step_of(V x, double h) {
    I small = x < SERIES_BELOW;  // rates are never negative
    V E = exponential(-x), per_x = 1.0 / (small ? all(1.0) : x);
    V phi1 = small ? phi1_series(x) : (1.0 - E) * per_x, phi2 = small ? phi2_series(x) : (1.0 - phi1) * per_x;
    return {E, h * (phi1 - phi2), h * phi2};
}

template <class T> inline V relax(Step<T> by, V y, V d0, V d1) { return by.kept * y + by.early * d0 + by.late * d1; }

struct Constant { double h; Step<double> bdnf, mtor, ar, sev; };  // the rates that nothing changes
struct Drivers { V trigger, clearance, therapy, kept; };  // clearance of serotonin; share of elimination that goes on
struct Pull { V rate, drive; };
struct Pulls { V bdnf, mtor, ar, sev; Pull pot, lrn, spn; };
struct Person { V gain, g, s; };

struct Chain {
    const double *n, *a;
    int terms;
    double rest, per_rest, per_tau_bdnf, per_tau_mtor, per_tau_pot, per_tau_ar, per_tau_lrn, per_tau_sev;

    Chain(const double* numbers, const double* coefficients, int terms) : n(numbers), a(coefficients), terms(terms) {
        rest = n[SPN_MAX] / (2.0 + n[CHI]);
        per_rest = 1.0 / rest;
        per_tau_bdnf = 1.0 / n[TAU_BDNF], per_tau_mtor = 1.0 / n[TAU_MTOR], per_tau_pot = 1.0 / n[TAU_POT];
        per_tau_ar = 1.0 / n[TAU_AR], per_tau_lrn = 1.0 / n[TAU_LRN], per_tau_sev = 1.0 / n[TAU_SEV];
    }

    inline Drivers fast(const V* out) const {
        V level = out[EFFECT] * n[FREE], y = level / (level + n[C_HALF]), z = 2.0 * y - 1.0, two = z + z;
        V after{}, later{};
        for (int k = terms - 1; k > 0; --k) {
            V next = a[k] + two * after - later;
            later = after, after = next;
        }
        V change = y * (a[0] + z * after - later);
        V trigger = n[SURGE] * positive(change) + n[DIRECT] * level / (level + n[IC50_E]);
        V clearance = (1.0 - out[BOUND] / (1.0 + out[LOAD])) * (1.0 - n[F_RES]) + n[F_RES];
        return {trigger, clearance, out[THERAPY], 1.0 - out[ELIMINATION]};
    }

    inline V HT(V ar, const Drivers& u) const {
        V loop = n[KAPPA] * ar, square = u.clearance * loop, straight = u.clearance - square;
        V both = root(straight * straight + 4.0 * square);
        I rising = straight > 0.0;
        return (rising ? all(2.0) : both - straight) / (rising ? straight + both : square + square);
    }
    inline V ar_drive(V HT) const {
        return per_tau_ar * (n[AR_MIN] + (1.0 - n[AR_MIN]) * n[K_AR] / (n[K_AR] + positive(HT - 1.0)));
    }
    inline Pull pot(V bdnf) const {
        V induction = n[K_POT] * bdnf;
        return {induction + per_tau_pot, induction};
    }
    inline Pull lrn(V spn, const Drivers& u) const {
        V learned = n[K_LRN] * u.therapy * (1.0 + n[Y_LRN] * positive(spn * per_rest - 1.0));
        return {learned + per_tau_lrn, learned};
    }
    inline Pull spn(V mtor, V lrn, V HT, const Person& who, const Drivers& u) const {
        V formation = n[K_SPN] * positive(1.0 + n[Y_MTOR] * who.g * mtor + n[Y_5HT] * positive(who.s * (HT - 1.0)));
        V loss = n[K_SPN] * (1.0 + n[CHI] * (1.0 - n[E_LRN] * lrn)) * u.kept;
        return {formation + loss, formation * n[SPN_MAX]};
    }
    inline V sev(const V* y, V HT, const Person& who) const {
        V grown = n[A_POT] * who.g * y[POT] + n[A_BDNF] * who.g * y[BDNF] + n[A_SPN] * (y[SPN] - rest);
        return -per_tau_sev * (who.gain * grown + n[A_5HT] * positive(who.s * (HT - 1.0)) + n[A_LRN] * y[LRN]);
    }

    inline Pulls start(const V* y, const Person& who, const Drivers& u) const {
        V now = HT(y[AR], u);
        return {per_tau_bdnf * u.trigger, per_tau_mtor * y[BDNF], ar_drive(now), sev(y, now, who), pot(y[BDNF]),
                lrn(y[SPN], u), spn(y[MTOR], y[LRN], now, who, u)};
    }

    // One step of the sweep, from fastest to slowest; `p` is what pulled at its start and becomes what pulls at its end.
    inline void sweep(V* y, Pulls& p, const Person& who, const Drivers& u, const Constant& by) const {
        V ar_seen = relax(by.ar, y[AR], p.ar, p.ar);
        V spn_seen = relax(step_of(p.spn.rate * by.h, by.h), y[SPN], p.spn.drive, p.spn.drive);
        V bdnf = per_tau_bdnf * u.trigger;
        y[BDNF] = relax(by.bdnf, y[BDNF], p.bdnf, bdnf);
        V mtor = per_tau_mtor * y[BDNF];
        y[MTOR] = relax(by.mtor, y[MTOR], p.mtor, mtor);
        Pull pot_now = pot(y[BDNF]);
        y[POT] = relax(step_of(0.5 * (p.pot.rate + pot_now.rate) * by.h, by.h), y[POT], p.pot.drive, pot_now.drive);
        y[AR] = relax(by.ar, y[AR], p.ar, ar_drive(HT(ar_seen, u)));
        Pull lrn_now = lrn(spn_seen, u);
        y[LRN] = relax(step_of(0.5 * (p.lrn.rate + lrn_now.rate) * by.h, by.h), y[LRN], p.lrn.drive, lrn_now.drive);
        V now = HT(y[AR], u);
        Pull spn_now = spn(y[MTOR], y[LRN], now, who, u);
        y[SPN] = relax(step_of(0.5 * (p.spn.rate + spn_now.rate) * by.h, by.h), y[SPN], p.spn.drive, spn_now.drive);
        V sev_now = sev(y, now, who), sev_before = y[SEV];
        y[SEV] = relax(by.sev, y[SEV], p.sev, sev_now);
        y[AREA] += 0.5 * by.h * (sev_before + y[SEV]);
        p = {bdnf, mtor, ar_drive(now), sev_now, pot_now, lrn(y[SPN], u), spn_now};
    }
};

inline void without_traces(V* y, int count) {
    for (int i = 0; i < count; ++i) y[i] = magnitude(y[i]) < NOTHING ? V{} : y[i];
}

}  // namespace

// Everybody's course. Arrays are in rows of C order, people in groups of LANES on the last axis:
//   traits [group, 3, lane] (gain, glutamatergic, serotonergic), lam [group, mode, lane],
//   inject [group, state, mode, lane], read [group, OUTPUTS, mode, lane], amount [group, event, lane] (of what runs, an h),
//   first, after, target, runs [event]; length [segment], row [segment] (where its end is kept, or -1),
//   heard [OUTPUTS, mode], kept [group, row, STATES, lane].
extern "C" int lanes() { return LANES; }

extern "C" void courses(int groups, int modes, int states, int events, int segments, int terms, int rows,
                        const double* numbers, const double* coefficients, const Kept* traits, const Kept* lam, const Kept* inject,
                        const Kept* read, const Kept* amount, const int* first, const int* after, const int* target,
                        const int* runs, const double* length, const int* row, const int* heard, Kept* kept) {
    const Chain chain(numbers, coefficients, terms);
    std::vector<Constant> fine(segments), coarse(segments);
    std::vector<std::vector<int>> at(segments);
    for (int segment = 0; segment < segments; ++segment) {
        for (int level = 0; level < 2; ++level) {
            double h = length[segment] / STEPS * (1 + level);
            (level ? coarse : fine)[segment] = {h, step_of(h * chain.per_tau_bdnf, h), step_of(h * chain.per_tau_mtor, h),
                                                step_of(h * chain.per_tau_ar, h), step_of(h * chain.per_tau_sev, h)};
        }
    }
    for (int event = 0; event < events; ++event)
        for (int segment = first[event] < 0 ? 0 : first[event]; segment < after[event] && segment < segments; ++segment)
            at[segment].push_back(event);
    std::vector<int> list[OUTPUTS];
    for (int output = 0; output < OUTPUTS; ++output)
        for (int mode = 0; mode < modes; ++mode)
            if (heard[output * modes + mode]) list[output].push_back(mode);

    for (int group = 0; group < groups; ++group) {
        const Kept *own = lam + group * modes, *into = inject + group * states * modes, *given = amount + group * events;
        const Kept* loud = read + group * OUTPUTS * modes;
        const Person who{traits[3 * group], traits[3 * group + 1], traits[3 * group + 2]};
        V x[MOST_MODES]{}, settling[MOST_MODES], y[2][STATES]{};
        for (int mode = 0; mode < modes; ++mode)
            settling[mode] = own[mode] == 0.0 ? V{} : -1.0 / (own[mode] == 0.0 ? all(1.0) : own[mode]);
        for (auto& level : y) level[AR] = all(1.0), level[SPN] = all(chain.rest);
        auto seen = [&]() {
            V out[OUTPUTS];
            for (int output = 0; output < OUTPUTS; ++output) {
                out[output] = V{};
                for (int mode : list[output]) out[output] += loud[output * modes + mode] * x[mode];
            }
            return chain.fast(out);
        };
        for (int segment = 0; segment < segments; ++segment) {
            V inflow[MOST_MODES]{}, decay[MOST_MODES], settled[MOST_MODES];
            for (int event : at[segment]) {
                V* where = runs[event] ? inflow : x;
                for (int mode = 0; mode < modes; ++mode)
                    where[mode] += into[target[event] * modes + mode] * given[event];
            }
            double h = fine[segment].h;
            for (int mode = 0; mode < modes; ++mode) {
                V z = -own[mode] * h;
                decay[mode] = exponential(-z);
                V whole = magnitude(z) < SERIES_BELOW ? h * phi1_series(z) : (1.0 - decay[mode]) * settling[mode];
                settled[mode] = whole * inflow[mode];
            }
            Drivers u[STEPS + 1];
            for (int part = 0; part <= STEPS; ++part) {
                u[part] = seen();
                if (part < STEPS)
                    for (int mode = 0; mode < modes; ++mode) x[mode] = decay[mode] * x[mode] + settled[mode];
            }
            Pulls p = chain.start(y[0], who, u[0]);
            for (int part = 2; part <= STEPS; part += 2) chain.sweep(y[0], p, who, u[part], coarse[segment]);
            p = chain.start(y[1], who, u[0]);
            for (int part = 1; part <= STEPS; ++part) chain.sweep(y[1], p, who, u[part], fine[segment]);
            without_traces(x, modes), without_traces(y[0], STATES), without_traces(y[1], STATES);
            if (row[segment] >= 0)
                for (int state = 0; state < STATES; ++state)
                    kept[(group * rows + row[segment]) * STATES + state] = y[1][state] + (y[1][state] - y[0][state]) / 3.0;
        }
    }
}
