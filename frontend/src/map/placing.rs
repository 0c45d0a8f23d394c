//! Large pictures are placed in a worker: what waits for its places, and the sign that tells so and can end it.

use super::{
    picture::{Plan, Way},
    placer::{Placer, Word},
    stage::Stage,
    stand::Stand,
};
use crate::state::shared::{Look, click, part};
use layout::{Input, Scene};
use leptos::prelude::*;
use model::Graph;
use std::sync::Arc;

/// Up to so many cards a picture is placed at once, within a frame.
pub(super) const AT_ONCE: usize = 300;

/// What is told of a placing outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// So many cards.
    Under(usize),
    /// The reader has ended it.
    Ended,
}

#[derive(Debug, Default)]
pub(crate) struct Placing {
    /// How to start a worker; none where there is nothing to start.
    pub(super) start: Option<Start>,
    placer: Option<Placer>,
    /// Number of the last question.
    number: u32,
    waiting: Option<Plan>,
    /// Number of the question whether a fresh picture would be much tidier.
    weighed: Option<u32>,
    /// A fresh picture would be much tidier.
    pub(crate) tidier: bool,
    /// A picture that the reader did not want to wait for.
    ended: Option<(Arc<Graph>, String)>,
    /// Whether the last picture came from the worker.
    pub(crate) by_worker: bool,
}

/// The worker's script, and who listens to it.
#[derive(Debug)]
pub(crate) struct Start(pub(super) String, pub(super) Stand);

impl Placing {
    pub(crate) fn sign(&self) -> Option<Sign> {
        let under = self.waiting.as_ref().map(|plan| Sign::Under(plan.input.nodes.len()));
        under.or(self.ended.as_ref().map(|_| Sign::Ended))
    }

    /// Nothing is waited for any more.
    pub(super) fn forget(&mut self) {
        (self.waiting, self.ended) = (None, None);
    }

    /// Whether the reader has ended this one before.
    pub(super) fn was_ended(&self, question: &str) -> bool {
        self.ended.as_ref().is_some_and(|(_, ended)| ended == question)
    }

    /// Hands a plan to the worker; gives it back where it had better be placed here and now.
    pub(super) fn send(&mut self, plan: Plan) -> Option<Plan> {
        self.by_worker = false;
        if plan.input.nodes.len() <= AT_ONCE || plan.way == Way::Update {
            return Some(plan);
        }
        if !self.ask(&plan.input, None) {
            return Some(plan);
        }
        self.waiting = Some(plan);
        None
    }

    /// False where there is no worker.
    fn ask(&mut self, input: &Input, standing: Option<Scene>) -> bool {
        if self.placer.is_none() {
            self.placer = self.start.as_ref().and_then(|Start(script, stand)| Placer::start(script, *stand));
        }
        let Some(placer) = &mut self.placer else { return false };
        self.number += 1;
        placer.ask(self.number, input.clone(), standing);
        true
    }

    /// After a change: has the picture drifted so far from a fresh one that tidying is worth an offer?
    pub(super) fn weigh(&mut self, input: &Input, scene: &Scene) {
        (self.tidier, self.weighed) = (false, None);
        // What somebody waits for comes first.
        if self.waiting.is_none() {
            self.weighed = self.ask(input, Some(scene.clone())).then_some(self.number);
        }
    }
}

impl Stage {
    pub(crate) fn hear(&mut self, word: Word) {
        match (word, &mut self.placing.placer) {
            (Word::Ready, Some(placer)) => placer.listen(),
            (Word::Weighed(number, tidier), _) if Some(number) == self.placing.weighed => {
                self.placing.tidier = tidier;
            }
            (Word::Placed(number, scene), _) if number == self.placing.number => {
                if let Some(plan) = self.placing.waiting.take() {
                    self.placing.by_worker = true;
                    self.adopt(plan, scene);
                }
            }
            (Word::Failed, _) => self.place_here(),
            _ => {}
        }
    }

    /// A worker that cannot start is not asked again: what waits is placed here.
    fn place_here(&mut self) {
        (self.placing.placer, self.placing.start) = (None, None);
        if let Some(plan) = self.placing.waiting.take() {
            let scene = layout::place(&plan.input);
            self.adopt(plan, scene);
        }
    }

    /// The worker has had its time to start.
    pub(crate) fn hurry(&mut self) {
        if self.placing.placer.as_ref().is_some_and(|placer| !placer.is_ready()) {
            self.place_here();
        }
    }

    /// Ends the placing; the picture stays as it was.
    pub(crate) fn end_placing(&mut self) {
        self.placing.placer = None;
        self.placing.ended = self.placing.waiting.take().map(|plan| (plan.graph, plan.question));
        self.dirty = true;
    }

    /// Takes it up again.
    pub(crate) fn resume_placing(&mut self) {
        if let Some((graph, question)) = self.placing.ended.take() {
            self.set_graph(graph, &question);
        }
    }
}

#[component]
pub(crate) fn PlacingSign(stand: Stand) -> impl IntoView {
    part(move || {
        let sign = stand.sign.look(|sign| *sign)?;
        let (words, act) = match sign {
            Sign::Under(cards) => (format!("Placing {} cards…", view::format::count(cards as f64)), "Cancel"),
            Sign::Ended => ("Not placed".to_owned(), "Place it"),
        };
        let pressed = move |_| {
            let act = if sign == Sign::Ended { Stage::resume_placing } else { Stage::end_placing };
            stand.act(act);
        };
        Some(view! {
            <div class="placing over sheet" role="status">
                {words}<button class="button" type="button" on:click=click(pressed)>{act}</button>
            </div>
        })
    })
}
