//! Figures as PromQL over conditions on labels. It must not know places or links.

use super::{Scope, Term, terms::Terms};
use crate::{
    dialect::{Tag, Vocabulary},
    form::{Form, Histogram, Rates, Read, Wanted, once},
    picture::Picture,
    query::{Matcher, Origin, selector},
    thrift,
    union::Member,
};
use model::Protocol;

pub(super) struct Asking<'a> {
    pub(super) words: Vocabulary,
    origin: &'a Origin,
    protocol: Option<Protocol>,
    range_s: u64,
    /// Bounds of latency that both units have; of several stores none is known.
    common_bounds_ms: &'a [f64],
    requests: Option<Terms<'a>>,
    tcp: Option<Terms<'a>>,
}

impl<'a> Asking<'a> {
    /// `home`: of several stores, the one that is asked.
    pub(super) fn new(
        picture: &'a Picture<'a>,
        scope: &Scope,
        range_s: u64,
        home: Option<&'a Member>,
    ) -> Self {
        let origin = home.map_or(&picture.snapshot.origin, |home| &home.origin);
        Self {
            words: origin.dialect.vocabulary(&origin.probe),
            origin,
            protocol: scope.protocol,
            range_s,
            common_bounds_ms: &picture.snapshot.common_bounds_ms,
            requests: Terms::new(picture, scope, false, home),
            tcp: Terms::new(picture, scope, true, home),
        }
    }

    pub(super) fn rate(&self) -> Option<String> {
        Some(format!("sum({})", self.rates(self.words.requests, &self.counted()?)))
    }

    pub(super) fn error_share(&self) -> Option<String> {
        let counted = self.requests.as_ref().filter(|terms| terms.told()).and_then(|_| self.counted())?;
        let failed: Vec<Term> = counted.iter().flat_map(|term| self.failed(term)).collect();
        Some(self.share(&failed, &counted))
    }

    pub(super) fn quantile(&self, q: f64) -> Option<String> {
        let timed = self.timed()?;
        let Vocabulary { duration, durations, also_in_seconds, .. } = self.words;
        if let Some(also) = also_in_seconds {
            return self.quantile_of_both(q, &timed, also);
        }
        let quantile = self.quantile_of(q, duration, durations, &timed);
        Some(format!("{}{quantile}", self.in_ms()))
    }

    /// Of a store that keeps both forms, only where what is asked about is all in one: no query adds buckets of the two.
    fn quantile_of(&self, q: f64, names: Histogram, form: Form, terms: &[Term]) -> String {
        let rates = |wanted| self.histogram(names, form, terms, wanted);
        let classic = || format!("histogram_quantile({q}, sum by (le) ({}))", rates(Wanted::Buckets));
        let whole = || format!("histogram_quantile({q}, sum({}))", rates(Wanted::Whole));
        match form {
            Form::Classic => classic(),
            Form::Native => whole(),
            Form::Mixed => format!(
                "({} unless on () (sum(histogram_count({})) > 0) or {} unless on () (sum({}) > 0))",
                classic(),
                rates(Wanted::WholeAlone),
                whole(),
                rates(Wanted::ClassicAlone)
            ),
        }
    }

    /// Where proxies of both units share the store: over the bounds that both have, those in seconds renamed. None where they
    /// have none in common, and of whole histograms, whose bounds no query can change.
    fn quantile_of_both(&self, q: f64, timed: &[Term], also_in_seconds: Histogram) -> Option<String> {
        let bounds_ms = self.common_bounds_ms;
        if bounds_ms.is_empty() || self.words.durations != Form::Classic {
            return None;
        }
        let within = |ms_per_unit: f64| -> Vec<Term> {
            let bounds = thrift::pattern(bounds_ms.iter().map(|bound_ms| bound_ms / ms_per_unit));
            timed.iter().map(|term| and(term, [Matcher::Within("le", bounds.clone())])).collect()
        };
        let ms = self.rates(self.words.duration.bucket, &within(1.0));
        let renamed = thrift::in_ms(&self.rates(also_in_seconds.bucket, &within(1000.0)), bounds_ms);
        Some(format!("histogram_quantile({q}, sum by (le) ({ms} or {renamed}))"))
    }

    pub(super) fn mean(&self) -> Option<String> {
        let (sum, count) = self.times()?;
        Some(format!("{}sum({sum}) / sum({count})", self.in_ms()))
    }

    /// How long requests took in all, in the metric's unit (of both: in milliseconds), and how many were timed.
    pub(super) fn times(&self) -> Option<(String, String)> {
        let timed = self.timed()?;
        let Vocabulary { duration, durations, also_in_seconds, .. } = self.words;
        let of = |names, read| self.histogram(names, durations, &timed, Wanted::Number(read));
        let (sum, count) = (of(duration, Read::Sum), of(duration, Read::Count));
        let Some(also) = also_in_seconds else { return Some((sum, count)) };
        let (also_sum, also_count) = (of(also, Read::Sum), of(also, Read::Count));
        Some((format!("{sum} or 1000 * ({also_sum})"), format!("{count} or {also_count}")))
    }

    /// The rates of all requests, and of those that failed, if that is told.
    pub(super) fn outcomes(&self) -> Option<(String, Option<String>)> {
        let counted = self.counted()?;
        let told = self.requests.as_ref().is_some_and(Terms::told);
        let failed: Vec<Term> = counted.iter().flat_map(|term| self.failed(term)).collect();
        let rates = |terms: &[Term]| self.rates(self.words.requests, terms);
        Some((rates(&counted), told.then(|| rates(&failed))))
    }

    /// About requests of one kind alone.
    pub(super) fn narrow(&mut self, operation: Matcher) {
        if let Some(requests) = &mut self.requests {
            requests.narrow(operation);
        }
    }

    /// Only where all of it was reported by whoever received it: a caller's evidence is a certificate's name.
    pub(super) fn mtls(&self) -> Option<String> {
        let terms = self.requests.as_ref().filter(|terms| terms.reported_by_servers())?;
        let label = self.tag(Tag::Security);
        let with = |matcher: &Matcher| -> Vec<Term> {
            terms.chosen().into_iter().map(|term| and(&term, [matcher.clone()])).collect()
        };
        let mutual = with(&Matcher::Is(label, "mutual_tls".into()));
        let told = with(&Matcher::Like(label, "mutual_tls|none"));
        (!told.is_empty()).then(|| self.share(&mutual, &told))
    }

    pub(super) fn tcp(&self, metric: &str) -> Option<String> {
        let terms = self.tcp.as_ref()?.chosen();
        (!terms.is_empty()).then(|| format!("sum({})", self.rates(metric, &terms)))
    }

    /// Of any counter, over series of which each is selected once.
    pub(super) fn sum(&self, metric: &str, terms: &[Term]) -> String {
        format!("sum({})", self.rates(metric, terms))
    }

    /// Bytes of requests or of responses, as the chosen sides count them.
    pub(super) fn bytes(&self, names: Histogram) -> Option<String> {
        let terms = self.timed()?;
        let sums = || self.histogram(names, self.words.sizes, &terms, Wanted::Number(Read::Sum));
        self.requests.as_ref()?.has_volume().then(|| format!("sum({})", sums()))
    }

    /// Of a request or of a response.
    pub(super) fn size(&self, names: Histogram) -> Option<String> {
        let terms = self.timed()?;
        let known =
            self.requests.as_ref()?.any_volume(|volume| volume.sizes.iter().any(|sizes| !sizes.is_empty()));
        known.then(|| self.quantile_of(0.95, names, self.words.sizes, &terms))
    }

    pub(super) fn messages(&self, metric: &str) -> Option<String> {
        let terms = self.timed()?;
        let known = self.requests.as_ref()?.any_volume(|volume| volume.messages.iter().any(Option::is_some));
        known.then(|| format!("sum({})", self.rates(metric, &terms)))
    }

    /// Opened less closed, of counters that live.
    pub(super) fn open(&self) -> Option<String> {
        let tcp = self.tcp.as_ref().filter(|terms| terms.any_open())?;
        let terms = tcp.chosen();
        let sum =
            |metric| format!("sum({})", self.each(metric, &terms, None, &|selected| self.once(selected)));
        Some(format!("{} - {}", sum(self.words.tcp_opened), sum(self.words.tcp_closed)))
    }

    /// Chosen sides, and what never arrived.
    fn counted(&self) -> Option<Vec<Term>> {
        let requests = self.requests.as_ref()?;
        let mut terms = requests.chosen();
        terms.extend(requests.never_arrived());
        (!terms.is_empty()).then_some(terms)
    }

    fn timed(&self) -> Option<Vec<Term>> {
        let terms = self.requests.as_ref()?.chosen();
        (!terms.is_empty()).then_some(terms)
    }

    fn tag(&self, tag: Tag) -> &'static str {
        self.origin.dialect.tag(tag)
    }

    fn in_ms(&self) -> String {
        if self.words.ms_per_unit > 1.0 { format!("{} * ", self.words.ms_per_unit) } else { String::new() }
    }

    /// The same conditions, for failed requests alone; more than one set where failing can look different.
    fn failed(&self, term: &Term) -> Vec<Term> {
        let (protocol, code, status) =
            (self.tag(Tag::Protocol), self.tag(Tag::Code), self.tag(Tag::GrpcStatus));
        let http = and(term, [Matcher::Like(code, "0|5..")]);
        let grpc_code = and(term, [Matcher::Like(code, "0|[45]..")]);
        let grpc_status = and(term, [Matcher::Like(status, "[1-9]|1[0-6]")]);
        match self.protocol {
            Some(Protocol::Grpc) => vec![grpc_code, grpc_status],
            Some(_) => vec![http, grpc_status],
            None => vec![
                and(&http, [Matcher::IsNot(protocol, "grpc".into())]),
                and(&grpc_code, [Matcher::Is(protocol, "grpc".into())]),
                grpc_status,
            ],
        }
    }

    /// Zero where there is no such part but a whole.
    fn share(&self, part: &[Term], whole: &[Term]) -> String {
        let part = self.rates(self.words.requests, part);
        let whole = self.rates(self.words.requests, whole);
        format!("(sum({part}) or 0 * sum({whole})) / sum({whole})")
    }

    /// Series that several conditions select count once.
    fn rates(&self, metric: &str, terms: &[Term]) -> String {
        let rate = |selected| self.once(format!("rate({selected}[{}s])", self.range_s));
        self.each(metric, terms, None, &rate)
    }

    fn histogram(&self, names: Histogram, form: Form, terms: &[Term], wanted: Wanted) -> String {
        let select = |metric: &str, more: Option<&Matcher>, read: &dyn Fn(String) -> String| {
            self.each(metric, terms, more, &|selected| read(format!("rate({selected}[{}s])", self.range_s)))
        };
        Rates { names, form, replicas: self.words.replicas, select: &select }.text(wanted)
    }

    fn once(&self, series: String) -> String {
        once(self.words.replicas, series)
    }

    fn each(
        &self,
        metric: &str,
        terms: &[Term],
        more: Option<&Matcher>,
        read: &dyn Fn(String) -> String,
    ) -> String {
        let extra = self.origin.extra_matcher.as_deref();
        let one = |term: &Term| {
            let matchers: Term = term.iter().chain(more).cloned().collect();
            read(selector(metric, &matchers, extra))
        };
        terms.iter().map(one).collect::<Vec<_>>().join(" or ")
    }
}

fn and<const N: usize>(term: &Term, more: [Matcher; N]) -> Term {
    term.iter().cloned().chain(more).collect()
}
