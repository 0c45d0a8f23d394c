//! Queries nobody wrote: deterministic, well-typed, over the names in `samples`.

/// A small generator of even numbers (SplitMix64): the same everywhere, for ever.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `limit`, which is above zero.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len() as u64) as usize]
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

#[derive(Debug)]
pub(crate) struct Generator {
    random: Random,
}

const METRICS: &[&str] = &["req_total", "req_total", "lat_bucket", "lat_sum", "lat_count", "temp"];
const RANGE_FUNCTIONS: &[&str] = &[
    "rate",
    "rate",
    "increase",
    "irate",
    "delta",
    "idelta",
    "sum_over_time",
    "avg_over_time",
    "min_over_time",
    "max_over_time",
    "count_over_time",
    "last_over_time",
    "present_over_time",
    "stddev_over_time",
    "stdvar_over_time",
    "resets",
    "changes",
];
const RANGES: &[&str] = &["30s", "45s", "1m", "90s", "2m", "5m", "7m30s", "10m"];
const LABELS: &[&str] = &["app", "pod", "zone", "code", "le", "none"];

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: Random::new(seed) }
    }

    pub(crate) fn query(&mut self) -> String {
        self.vector(3)
    }

    fn vector(&mut self, depth: u32) -> String {
        if depth == 0 {
            return if self.random.chance(70) { self.over_range() } else { self.instant() };
        }
        match self.random.below(13) {
            0..=3 => self.aggregation(depth),
            4 | 5 => self.with_scalar(depth),
            6 | 7 => self.between_vectors(depth),
            8 => self.quantile_of_histogram(),
            9 => self.relabelled(depth),
            10 => self.ranked(),
            11 => self.called(depth),
            _ => self.over_range(),
        }
    }

    fn selector(&mut self, metric: &str) -> String {
        let matchers: &[&str] = &[
            "",
            "",
            "{app=\"web\"}",
            "{app!=\"mail\"}",
            "{app=~\"web|cart\"}",
            "{pod!~\".*-[23]\"}",
            "{zone=\"\"}",
            "{zone=~\".+\"}",
        ];
        format!("{metric}{}", self.random.pick(matchers))
    }

    fn moved(&mut self) -> &'static str {
        let moves = ["", "", "", "", " offset 1m", " offset 37s", " offset -2m", " @ 1700001210", " @ end()"];
        self.random.pick(&moves)
    }

    fn instant(&mut self) -> String {
        let metric = self.random.pick(METRICS);
        format!("{}{}", self.selector(metric), self.moved())
    }

    fn over_range(&mut self) -> String {
        let metric = self.random.pick(METRICS);
        let selector = format!("{}[{}]{}", self.selector(metric), self.random.pick(RANGES), self.moved());
        if self.random.chance(8) {
            return format!("quantile_over_time({}, {selector})", self.share());
        }
        format!("{}({selector})", self.random.pick(RANGE_FUNCTIONS))
    }

    /// Below one, where the rank is the count itself and rounding decides which bucket reaches it.
    fn share(&mut self) -> f64 {
        self.random.below(100) as f64 / 100.0
    }

    fn labels(&mut self) -> String {
        let chosen: Vec<&str> = LABELS.iter().copied().filter(|_| self.random.chance(35)).collect();
        chosen.join(", ")
    }

    fn aggregation(&mut self, depth: u32) -> String {
        let names: &[&str] =
            &["sum", "sum", "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "quantile"];
        let name = self.random.pick(names);
        let inner = if name.starts_with("std") { self.spread_out() } else { self.vector(depth - 1) };
        let grouping = match self.random.below(5) {
            0 => String::new(),
            1 => format!(" without ({})", self.labels()),
            _ => format!(" by ({})", self.labels()),
        };
        let share = if name == "quantile" { format!("{}, ", self.share()) } else { String::new() };
        format!("{name}{grouping} ({share}{inner})")
    }

    /// Numbers that differ much, for of nearly equal ones the spread is rounding.
    fn spread_out(&mut self) -> String {
        let range = self.random.pick(RANGES);
        let inner: &[&str] =
            &["temp", "req_total", "rate(lat_sum[R])", "max_over_time(temp[R])", "-temp * 2"];
        self.random.pick(inner).replace('R', range)
    }

    fn with_scalar(&mut self, depth: u32) -> String {
        // A remainder makes the last digit of what was computed the first, so `%` comes after samples only.
        let operators: &[&str] = &["+", "-", "*", "/", "^", ">", "<=", "!=", ">= bool", "< bool", "atan2"];
        let (operator, inner) = (self.random.pick(operators), self.vector(depth - 1));
        let number = match self.random.below(4) {
            0 => "scalar(count(info))".to_owned(),
            1 => format!("(time() % {})", self.random.below(90) + 3),
            2 if self.random.chance(30) => {
                return format!("{} % {}", self.instant(), self.random.below(90) + 3);
            }
            _ => format!("{}", self.random.below(4_000) as f64 / 128.0 + 0.001),
        };
        if self.random.chance(25) {
            format!("{number} {operator} ({inner})")
        } else {
            format!("({inner}) {operator} {number}")
        }
    }

    /// The same metric on both sides, since operands that never meet say little.
    fn between_vectors(&mut self, depth: u32) -> String {
        let operators: &[&str] = &["+", "-", "*", "/", ">", "== bool", "and", "or", "unless", ">= bool"];
        let operator = self.random.pick(operators);
        let range = self.random.pick(RANGES);
        match self.random.below(4) {
            0 => {
                let (left, right) = (self.vector(depth - 1), self.vector(depth - 1));
                format!("({left}) {operator} ({right})")
            }
            1 => format!("rate(lat_sum[{range}]) {operator} rate(lat_count[{range}])"),
            2 => {
                let set = ["and", "or", "unless"].contains(&operator);
                let group = if set { "" } else { " group_left" };
                format!(
                    "rate(req_total[{range}]) {operator} on (app){group} sum by (app) (rate(req_total[{range}]))"
                )
            }
            _ => {
                let left = format!("increase(req_total{{code=\"500\"}}[{range}])");
                format!("{left} {operator} ignoring (code) increase(req_total{{code=\"200\"}}[{range}])")
            }
        }
    }

    fn quantile_of_histogram(&mut self) -> String {
        let (share, range) = (self.share(), self.random.pick(RANGES));
        let selector = self.selector("lat_bucket");
        match self.random.below(3) {
            0 => format!("histogram_quantile({share}, rate({selector}[{range}]))"),
            1 => format!("histogram_quantile({share}, sum by (le, app) (increase({selector}[{range}])))"),
            _ => format!("histogram_quantile({share}, sum without (pod) (rate({selector}[{range}])))"),
        }
    }

    fn relabelled(&mut self, depth: u32) -> String {
        let inner = self.vector(depth - 1);
        let source = self.random.pick(LABELS);
        match self.random.below(4) {
            0 => format!("label_replace({inner}, \"new\", \"$1-x\", \"{source}\", \"(.).*\")"),
            1 => format!("label_replace({inner}, \"{source}\", \"\", \"none\", \"\")"),
            2 => format!("label_replace({inner}, \"app\", \"${{2}}$1\", \"pod\", \"([a-z]+)-(.+)\")"),
            _ => format!("label_join({inner}, \"joined\", \"/\", \"{source}\", \"app\")"),
        }
    }

    /// Over gauges only: no two of them are equal, and which of equals is kept is nobody's promise.
    fn ranked(&mut self) -> String {
        let name = self.random.pick(&["topk", "bottomk"]);
        let grouping = self.random.pick(&["", " by (app)", " without (pod)"]);
        let range = self.random.pick(RANGES);
        let inner =
            self.random.pick(&["temp", "-temp", "avg_over_time(temp[R])", "temp * 2"]).replace('R', range);
        format!("{name}{grouping} ({}, {inner})", self.random.below(5))
    }

    fn called(&mut self, depth: u32) -> String {
        // Steps make a whole of the last digit, so they come after samples only.
        let steps = ["ceil(X)", "floor(X)", "round(X)", "round(X, 0.3)", "round(X, 10)"];
        if self.random.chance(25) {
            return self.random.pick(&steps).replace('X', &self.instant());
        }
        let inner = self.vector(depth - 1);
        let calls = [
            "abs(-(X))",
            "sqrt(X)",
            "ln(X)",
            "log2(X)",
            "log10(X)",
            "exp(X / 1e4)",
            "sgn(X)",
            "clamp(X, 1, 20)",
            "clamp_min(X, 2.5)",
            "clamp_max(X, 7)",
            "timestamp(X)",
            "absent(X)",
            "sort(X)",
            "vector(scalar(X))",
            "-(X)",
        ];
        let call: &str = self.random.pick(&calls);
        call.replace('X', &inner)
    }
}
