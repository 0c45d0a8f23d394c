//! Placing in a thread of its own, so that a large picture never holds the page up: this same module, started a second
//! time in a worker. Both sides of the conversation are here. It must not know what is placed.

use super::stand::Stand;
use js_sys::{Array, Float64Array};
use layout::{Input, Scene, tape::Tape};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Worker, WorkerOptions, WorkerType};

/// A worker that has not started by then never will.
const START_WITHIN: Duration = Duration::from_secs(5);

/// The page's end. The worker ends with it.
#[derive(Debug)]
pub(crate) struct Placer {
    worker: Worker,
    ready: bool,
    /// Messages to a worker that does not listen yet would be lost.
    waiting: Vec<Array>,
}

/// What a worker says.
pub(crate) enum Word {
    Ready,
    Placed(u32, Scene),
    /// Whether a fresh picture is much tidier than the one that was shown.
    Weighed(u32, bool),
    /// It could not be started.
    Failed,
}

impl Placer {
    pub(crate) fn start(script: &str, stand: Stand) -> Option<Self> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(script, &options).ok()?;
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let word = event.data().dyn_into::<Array>().map_or(Word::Ready, |said| {
                if let Some(tidier) = said.get(1).as_bool() {
                    return Word::Weighed(number(&said), tidier);
                }
                let mut scene = Scene::default();
                tape(&said).scene(&mut scene);
                Word::Placed(number(&said), scene)
            });
            stand.act(|stage| stage.hear(word));
        });
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        let failed = Closure::<dyn FnMut()>::new(move || stand.act(|stage| stage.hear(Word::Failed)));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        // At most one worker is started for each time the reader stops one.
        heard.forget();
        failed.forget();
        let overdue = move || stand.act(super::stage::Stage::hurry);
        leptos::prelude::set_timeout(overdue, START_WITHIN);
        Some(Self { worker, ready: false, waiting: Vec::new() })
    }

    /// Places it, or, where a scene stands, only weighs whether a fresh one would be much tidier.
    pub(crate) fn ask(&mut self, number: u32, mut input: Input, mut standing: Option<Scene>) {
        let mut tape = Tape::default();
        tape.maybe(&mut standing, Tape::scene);
        tape.input(&mut input);
        self.waiting.push(message(&f64::from(number).into(), &tape));
        if self.ready {
            self.listen();
        }
    }

    /// The worker listens now, and is told what waits.
    pub(crate) fn listen(&mut self) {
        self.ready = true;
        for waiting in self.waiting.drain(..) {
            // Arrays of numbers and text can always be sent.
            let _ = self.worker.post_message(&waiting);
        }
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.ready
    }
}

impl Drop for Placer {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// The worker's end; None where this is a page.
pub(crate) fn serve() -> Option<()> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().ok()?;
    let out = scope.clone();
    let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let asked: Array = event.data().unchecked_into();
        let (mut input, mut standing) = (Input::default(), None);
        let mut tape = tape(&asked);
        tape.maybe(&mut standing, Tape::scene);
        tape.input(&mut input);
        let mut scene = layout::place(&input);
        let answer = if let Some(standing) = standing {
            Array::of2(&asked.get(0), &layout::tidier(&standing, &scene).into())
        } else {
            let mut placed = Tape::default();
            placed.scene(&mut scene);
            message(&asked.get(0), &placed)
        };
        let _ = out.post_message(&answer);
    });
    scope.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();
    scope.post_message(&JsValue::TRUE).ok()
}

fn message(number: &JsValue, tape: &Tape) -> Array {
    Array::of3(number, &Float64Array::from(&tape.numbers[..]), &tape.text.as_str().into())
}

fn tape(message: &Array) -> Tape {
    let numbers: Float64Array = message.get(1).unchecked_into();
    Tape::of(numbers.to_vec(), message.get(2).as_string().unwrap_or_default())
}

fn number(message: &Array) -> u32 {
    message.get(0).as_f64().unwrap_or_default() as u32
}
