//! What the page knows: the address's parameters, the last answer, what is selected and how it is looked at.

pub(crate) mod detail;
pub(crate) mod drawn;
pub(crate) mod params;
pub(crate) mod refresh;
pub(crate) mod selection;
pub(crate) mod settings;
pub(crate) mod shared;
pub(crate) mod storage;
pub(crate) mod store;
mod stream;

use crate::state::shared::{Shared, memo};
use drawn::{Choices, Drawn};
use leptos::prelude::*;
use model::{GraphParams, PageParams, Subject, boot::Boot};
use view::find::{Find, Matched, matched, shown};

pub(crate) use store::{Feed, Standing};

/// Handed down through the context; every field is a handle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) boot: StoredValue<Boot>,
    pub(crate) params: Shared<PageParams>,
    pub(crate) feed: Shared<Feed>,
    /// What the map draws of it.
    pub(crate) drawn: Memo<Option<Drawn>>,
    pub(crate) choices: RwSignal<Choices>,
    /// What lies under the pointer.
    pub(crate) hover: RwSignal<Option<Hover>>,
    /// What the find box matches; the error is a sentence for who typed.
    pub(crate) found: Memo<Result<Option<Matched>, String>>,
    /// What the hide box finds.
    pub(crate) hidden: Memo<Result<Option<Matched>, String>>,
    /// If either box leaves something out, the only things drawn. Never an error, but of the type of the two above: each
    /// type of memo costs the page two kilobytes.
    pub(crate) shown: Memo<Result<Option<Matched>, String>>,
    /// The map is near enough to write p95 on its cards.
    pub(crate) near: RwSignal<bool>,
    pub(crate) particles_paused: RwSignal<bool>,
    pub(crate) legend_open: RwSignal<bool>,
    pub(crate) hurts_open: RwSignal<bool>,
    /// On a phone the toolbar folds behind a button.
    pub(crate) tools_open: RwSignal<bool>,
    /// Words for the live region: what changed.
    pub(crate) said: RwSignal<String>,
    /// Milliseconds since 1970, once a second while the page is in sight.
    pub(crate) now_ms: RwSignal<f64>,
    pub(crate) visible: RwSignal<bool>,
}

/// What lies under the pointer, and where the pointer came upon it (pixels of the map).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hover {
    pub(crate) subject: Subject,
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// The picture as a file, once somebody wishes for one; handed down through the context too.
pub(crate) type ExportWish = RwSignal<Option<Export>>;

/// The kinds of file that the picture can be saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Export {
    Svg,
    Png,
}

impl Export {
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }
}

impl Page {
    pub(crate) fn new(boot: Boot) -> Self {
        let params = Shared::new(params::from_address(boot.embed));
        let embed = boot.embed;
        let feed = Shared::new(Feed::default());
        let choices = RwSignal::new(Choices::new());
        let found = memo(move || matches(params, feed, |params| &params.find));
        let hidden = memo(move || matches(params, feed, |params| &params.hide));
        let page = Self {
            drawn: drawn::follow(params, feed, choices),
            choices,
            boot: StoredValue::new(boot),
            params,
            feed,
            found,
            hidden,
            shown: memo(move || {
                let only = params.with(|params| params.only);
                let [found, hidden] = [found, hidden].map(|found| found.get().ok().flatten());
                let found = found.filter(|_| only);
                if found.is_none() && hidden.is_none() {
                    return Ok(None);
                }
                let graph = feed.with(|feed| feed.graph.clone());
                Ok(graph.map(|graph| shown(&graph, found.as_ref(), hidden.as_ref())))
            }),
            hover: RwSignal::new(None),
            near: RwSignal::new(false),
            particles_paused: RwSignal::new(false),
            legend_open: RwSignal::new(!embed && settings::has_room(1_280.0, 820.0)),
            hurts_open: RwSignal::new(settings::has_room(1_100.0, 560.0)),
            tools_open: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            now_ms: RwSignal::new(js_sys::Date::now()),
            visible: RwSignal::new(!document().hidden()),
        };
        params::follow_history(page);
        settings::follow(page);
        refresh::start(page);
        page
    }

    /// What is lit.
    pub(crate) fn matched(self) -> Option<Matched> {
        self.found.get().ok().flatten().filter(|_| !self.params.with(|params| params.only))
    }

    pub(crate) fn is_embedded(self) -> bool {
        self.boot.with_value(|boot| boot.embed)
    }

    pub(crate) fn base_path(self) -> String {
        self.boot.with_value(|boot| boot.base_path.clone())
    }

    /// The name of the source that is looked at.
    pub(crate) fn source(self) -> String {
        let named = self.params.with(|params| params.graph.source.clone());
        named.unwrap_or_else(|| self.boot.with_value(|boot| boot.source.clone()))
    }

    /// Where something is told of that source.
    pub(crate) fn address_at_source(self, path: &str) -> String {
        let source = self.params.with(|params| params.graph.source.clone());
        let query = GraphParams { source, ..GraphParams::default() }.to_query();
        [&*self.base_path(), path, if query.is_empty() { "" } else { "?" }, &query].concat()
    }
}

/// A mistake behind what was read well: "After “cart ns=”: Say what ns should be."
fn placed(text: &str, wrong: &view::find::FindError) -> String {
    match text[..wrong.at].trim() {
        "" => wrong.sentence.clone(),
        before => ["After “", before, "”: ", &wrong.sentence].concat(),
    }
}

fn matches(
    params: Shared<PageParams>,
    feed: Shared<Feed>,
    text: fn(&PageParams) -> &String,
) -> Result<Option<Matched>, String> {
    let find = params.with(|params| {
        let text = text(params);
        Find::parse(text).map_err(|wrong| placed(text, &wrong))
    })?;
    Ok(find.and_then(|find| feed.with(|feed| feed.graph.as_ref().map(|graph| matched(&find, graph)))))
}

pub(crate) fn page() -> Page {
    expect_context::<Page>()
}

/// A shell that hands nothing over still gives a working page at the root.
pub(crate) fn read_boot() -> Boot {
    document()
        .get_element_by_id("boot")
        .and_then(|element| element.text_content())
        .and_then(|text| model::json::read(&text).ok())
        .unwrap_or_else(|| Boot {
            base_path: String::new(),
            version: String::new(),
            source: String::new(),
            sources: Vec::new(),
            configured: true,
            embed: false,
            cautions: Vec::new(),
            worker: None,
            test_hook: false,
        })
}
