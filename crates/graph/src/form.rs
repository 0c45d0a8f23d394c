//! Histograms as PromQL, in whichever form a store keeps them: series of buckets, whole ones, or some so and some so.
//! It must not know any mesh's metric or label names, nor how a query is sent.

use crate::query::Matcher;

/// How a store keeps one kind of histograms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// A series a bucket, and two for sum and count.
    #[default]
    Classic,
    /// One series each, of whole ("native") histograms.
    Native,
    /// Some so, some so; and some may be there in both forms, which are one.
    Mixed,
}

impl Form {
    /// From how many series there are of classic histograms alone, and of whole ones.
    pub(crate) fn of(classic: f64, native: f64) -> Self {
        match (classic > 0.0, native > 0.0) {
            (true, true) => Self::Mixed,
            (false, true) => Self::Native,
            _ => Self::Classic,
        }
    }

    /// Of two stores that are looked at as one.
    pub(crate) fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Mixed }
    }
}

/// The names of one histogram: of its series of plain numbers, and of whole ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Histogram {
    pub bucket: &'static str,
    pub sum: &'static str,
    pub count: &'static str,
    pub whole: &'static str,
}

impl Histogram {
    /// Bucket, sum and count; of whole ones all three are one metric.
    pub fn series(&self, form: Form) -> [&'static str; 3] {
        if form == Form::Native { [self.whole; 3] } else { [self.bucket, self.sum, self.count] }
    }
}

/// What is read off a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    Sum,
    Count,
}

impl Read {
    pub(crate) fn function(self) -> &'static str {
        match self {
            Self::Sum => "histogram_sum",
            Self::Count => "histogram_count",
        }
    }
}

/// What of a histogram's series is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A number of each histogram, in either form once.
    Number(Read),
    Buckets,
    Whole,
    /// Whole ones that are not there as buckets too.
    WholeAlone,
    /// A number for each that is there as buckets alone.
    ClassicAlone,
}

/// Writes what is selected of a metric, under one more condition if there is one, and what each selection becomes.
type Select<'a> = dyn Fn(&str, Option<&Matcher>, &dyn Fn(String) -> String) -> String + 'a;

/// The rates of one histogram's series.
pub(crate) struct Rates<'a> {
    pub(crate) names: Histogram,
    pub(crate) form: Form,
    /// Labels that only copies of a series differ in.
    pub(crate) replicas: Option<&'a str>,
    pub(crate) select: &'a Select<'a>,
}

impl Rates<'_> {
    pub(crate) fn text(&self, wanted: Wanted) -> String {
        match wanted {
            Wanted::Number(read) => self.number(read),
            Wanted::Buckets => (self.select)(self.names.bucket, None, &|rate| self.once(rate)),
            Wanted::Whole => self.whole(),
            Wanted::WholeAlone => {
                format!("({}) unless {} ({})", self.whole(), self.but_for_bounds(), self.unbounded())
            }
            Wanted::ClassicAlone => {
                let whole = (self.select)(self.names.whole, None, &|rate| rate);
                format!("({}) unless {} ({whole})", self.unbounded(), self.but_for_bounds())
            }
        }
    }

    fn number(&self, read: Read) -> String {
        let metric = if read == Read::Sum { self.names.sum } else { self.names.count };
        let plain = || (self.select)(metric, None, &|rate| self.once(rate));
        let off_whole = |rate| self.once(format!("{}({rate})", read.function()));
        let whole = || (self.select)(self.names.whole, None, &off_whole);
        match self.form {
            Form::Classic => plain(),
            Form::Native => whole(),
            Form::Mixed => format!("{} or {}", plain(), whole()),
        }
    }

    /// Whole histograms have no maximum, and only later engines a mean: of copies the one that has seen most is looked up.
    fn whole(&self) -> String {
        (self.select)(self.names.whole, None, &|rate| match self.replicas {
            Some(replicas) => {
                format!("({rate} and topk without ({replicas}) (1, histogram_count({rate})))")
            }
            None => rate,
        })
    }

    /// The bucket that each classic histogram has.
    fn unbounded(&self) -> String {
        let all = Matcher::Is("le", "+Inf".into());
        (self.select)(self.names.bucket, Some(&all), &|rate| rate)
    }

    fn but_for_bounds(&self) -> String {
        match self.replicas {
            Some(replicas) => format!("ignoring (le, {replicas})"),
            None => "ignoring (le)".to_owned(),
        }
    }

    /// Copies count once: the one that has seen most.
    fn once(&self, rate: String) -> String {
        once(self.replicas, rate)
    }
}

/// Copies of series of plain numbers count once: the one that has seen most.
pub(crate) fn once(replicas: Option<&str>, series: String) -> String {
    match replicas {
        Some(replicas) => format!("max without ({replicas}) ({series})"),
        None => series,
    }
}
