//! Figures as PromQL over conditions on labels. It must not know places or links.

use super::{Scope, Term, terms::Terms};
use crate::{
    dialect::{Tag, Vocabulary},
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
        if let Some([also_in_seconds, ..]) = self.words.also_in_seconds {
            return self.quantile_of_both(q, &timed, also_in_seconds);
        }
        let buckets = self.whole(self.words.duration_bucket, &timed);
        let by = if self.words.native_histograms { "" } else { "by (le) " };
        Some(format!("{}histogram_quantile({q}, sum {by}({buckets}))", self.in_ms()))
    }

    /// Where proxies of both units share the store: over the bounds that both have, those in seconds renamed. None where they
    /// have none in common, and of whole histograms, whose bounds no query can change.
    fn quantile_of_both(&self, q: f64, timed: &[Term], also_in_seconds: &str) -> Option<String> {
        let bounds_ms = self.common_bounds_ms;
        if bounds_ms.is_empty() || self.words.native_histograms {
            return None;
        }
        let within = |ms_per_unit: f64| -> Vec<Term> {
            let bounds = thrift::pattern(bounds_ms.iter().map(|bound_ms| bound_ms / ms_per_unit));
            timed.iter().map(|term| and(term, [Matcher::Within("le", bounds.clone())])).collect()
        };
        let ms = self.whole(self.words.duration_bucket, &within(1.0));
        let renamed = thrift::in_ms(&self.whole(also_in_seconds, &within(1000.0)), bounds_ms);
        Some(format!("histogram_quantile({q}, sum by (le) ({ms} or {renamed}))"))
    }

    pub(super) fn mean(&self) -> Option<String> {
        let timed = self.timed()?;
        let Vocabulary { native_histograms, duration_sum, duration_count, also_in_seconds, .. } = self.words;
        if native_histograms && also_in_seconds.is_none() {
            return Some(format!("{}histogram_avg(sum({}))", self.in_ms(), self.whole(duration_sum, &timed)));
        }
        let part = |read: &str, metric| {
            let rates = self.whole(metric, &timed);
            if native_histograms { format!("{read}({rates})") } else { rates }
        };
        let (sum, count) = (part("histogram_sum", duration_sum), part("histogram_count", duration_count));
        Some(match also_in_seconds {
            Some([_, also_sum, also_count]) => format!(
                "sum({sum} or 1000 * ({})) / sum({count} or {})",
                part("histogram_sum", also_sum),
                part("histogram_count", also_count)
            ),
            None => format!("{}sum({sum}) / sum({count})", self.in_ms()),
        })
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
    pub(super) fn bytes(&self, metric: &str) -> Option<String> {
        let terms = self.timed()?;
        self.requests.as_ref()?.has_volume().then(|| format!("sum({})", self.rates(metric, &terms)))
    }

    /// Of a request or of a response.
    pub(super) fn size(&self, buckets: &str) -> Option<String> {
        let terms = self.timed()?;
        let known =
            self.requests.as_ref()?.any_volume(|volume| volume.sizes.iter().any(|sizes| !sizes.is_empty()));
        known.then(|| format!("histogram_quantile(0.95, sum by (le) ({}))", self.rates(buckets, &terms)))
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
        let sum = |metric| format!("sum({})", self.counters("max", metric, &terms, &|selected| selected));
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
        self.rates_by("max", metric, terms)
    }

    /// Of latency, which may be whole histograms: those have no maximum, and copies are alike.
    fn whole(&self, metric: &str, terms: &[Term]) -> String {
        self.rates_by(if self.words.native_histograms { "avg" } else { "max" }, metric, terms)
    }

    fn rates_by(&self, one_of_copies: &str, metric: &str, terms: &[Term]) -> String {
        let rate = |selected| format!("rate({selected}[{}s])", self.range_s);
        self.counters(one_of_copies, metric, terms, &rate)
    }

    fn counters(
        &self,
        one_of_copies: &str,
        metric: &str,
        terms: &[Term],
        read: &dyn Fn(String) -> String,
    ) -> String {
        let extra = self.origin.extra_matcher.as_deref();
        let all: Vec<String> = terms
            .iter()
            .map(|term| {
                let one = read(selector(metric, term, extra));
                match self.words.replicas {
                    Some(replicas) => format!("{one_of_copies} without ({replicas}) ({one})"),
                    None => one,
                }
            })
            .collect();
        all.join(" or ")
    }
}

fn and<const N: usize>(term: &Term, more: [Matcher; N]) -> Term {
    term.iter().cloned().chain(more).collect()
}
