//! What browser tests say: open, click, type, wait, look. Every console line is kept, and a violation of the content
//! security policy fails the test that caused it, asked or not. Knows no page of the product.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use base64::Engine as _;
use serde_json::{Value, json};

use crate::waiting::until;
use crate::webdriver::{ELEMENT_KEY, Session};

/// Keys that have no character, as WebDriver writes them.
pub mod key {
    pub const TAB: &str = "\u{e004}";
    pub const ENTER: &str = "\u{e007}";
    pub const ESCAPE: &str = "\u{e00c}";
    pub const ARROW_LEFT: &str = "\u{e012}";
    pub const ARROW_UP: &str = "\u{e013}";
    pub const ARROW_RIGHT: &str = "\u{e014}";
    pub const ARROW_DOWN: &str = "\u{e015}";
}

/// One line of the page's console.
#[derive(Debug, Clone)]
pub struct ConsoleLine {
    pub level: String,
    pub text: String,
}

impl ConsoleLine {
    fn is_policy_violation(&self) -> bool {
        self.text.contains("Content Security Policy")
    }
}

#[derive(Debug)]
pub struct Browser {
    session: Session,
    console: Mutex<Vec<ConsoleLine>>,
    /// Words of the policy violations that a test has provoked.
    provoked: Mutex<Vec<String>>,
}

impl Browser {
    /// A window of a laptop's size.
    pub async fn start() -> Result<Self> {
        Self::start_sized(1440, 900).await
    }

    pub async fn start_sized(width_px: u32, height_px: u32) -> Result<Self> {
        Self::start_with(width_px, height_px, &json!({})).await
    }

    /// A person who lets no site keep anything: asking for storage throws.
    pub async fn start_without_storage() -> Result<Self> {
        Self::start_with(1440, 900, &json!({ "profile.default_content_setting_values.cookies": 2 })).await
    }

    async fn start_with(width_px: u32, height_px: u32, preferences: &Value) -> Result<Self> {
        let session = Session::start(width_px, height_px, preferences).await?;
        Ok(Self { session, console: Mutex::default(), provoked: Mutex::default() })
    }

    /// Gives the page this much room, less than a window's least if need be.
    pub async fn resize(&self, width_px: u32, height_px: u32) -> Result<()> {
        let size = json!({ "width": width_px, "height": height_px, "deviceScaleFactor": 1, "mobile": false });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": size });
        self.session.post("goog/cdp/execute", &command).await.map(drop)
    }

    /// From here on everything is about the document in this frame.
    pub async fn enter_frame(&self, css: &str) -> Result<()> {
        let element = self.find(css).await?;
        self.session.post("frame", &json!({ "id": { ELEMENT_KEY: element } })).await.map(drop)
    }

    /// Back to the window's own document.
    pub async fn leave_frame(&self) -> Result<()> {
        self.session.post("frame", &json!({ "id": null })).await.map(drop)
    }

    /// Opens an address and waits until the page's own files are there.
    pub async fn open(&self, url: &str) -> Result<()> {
        self.session.post("url", &json!({ "url": url })).await.map(drop)
    }

    /// Runs a script in every page from now on, before any of the page's own. The page's policy does not bind it.
    pub async fn before_every_page(&self, script: &str) -> Result<()> {
        let command =
            json!({ "cmd": "Page.addScriptToEvaluateOnNewDocument", "params": { "source": script } });
        self.session.post("goog/cdp/execute", &command).await.map(drop)
    }

    /// Files that a page offers are saved into this folder, unasked.
    pub async fn save_into(&self, folder: &std::path::Path) -> Result<()> {
        let params = json!({ "behavior": "allow", "downloadPath": folder });
        let command = json!({ "cmd": "Browser.setDownloadBehavior", "params": params });
        self.session.post("goog/cdp/execute", &command).await.map(drop)
    }

    /// Forgets what was kept of earlier pages, as if each were opened for the first time.
    pub async fn clear_cache(&self) -> Result<()> {
        let command = json!({ "cmd": "Network.clearBrowserCache", "params": {} });
        self.session.post("goog/cdp/execute", &command).await.map(drop)
    }

    pub async fn reload(&self) -> Result<()> {
        self.session.post("refresh", &json!({})).await.map(drop)
    }

    pub async fn back(&self) -> Result<()> {
        self.session.post("back", &json!({})).await.map(drop)
    }

    pub async fn forward(&self) -> Result<()> {
        self.session.post("forward", &json!({})).await.map(drop)
    }

    pub async fn title(&self) -> Result<String> {
        text(&self.session.get("title").await?)
    }

    pub async fn address(&self) -> Result<String> {
        text(&self.session.get("url").await?)
    }

    /// The reference of the first element that a CSS selector finds.
    pub async fn find(&self, css: &str) -> Result<String> {
        let found = self.session.post("element", &json!({ "using": "css selector", "value": css })).await;
        text(&found.with_context(|| format!("no element for `{css}`"))?[ELEMENT_KEY])
    }

    /// The text that a person sees in an element.
    pub async fn text(&self, css: &str) -> Result<String> {
        let element = self.find(css).await?;
        text(&self.session.get(&format!("element/{element}/text")).await?)
    }

    pub async fn click(&self, css: &str) -> Result<()> {
        let element = self.find(css).await?;
        let clicked = self.session.post(&format!("element/{element}/click"), &json!({})).await;
        clicked.map(drop).with_context(|| format!("click on `{css}`"))
    }

    /// Types into an element; `key` has the keys without a character.
    pub async fn type_into(&self, css: &str, keys: &str) -> Result<()> {
        let element = self.find(css).await?;
        self.session.post(&format!("element/{element}/value"), &json!({ "text": keys })).await.map(drop)
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub async fn press(&self, keys: &str) -> Result<()> {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })))
            .collect();
        self.act(json!([{ "type": "key", "id": "keyboard", "actions": strokes }])).await
    }

    /// Presses a key while Shift is held.
    pub async fn press_with_shift(&self, pressed: &str) -> Result<()> {
        const SHIFT: &str = "\u{e008}";
        let stroke = |kind: &str, key: &str| json!({ "type": kind, "value": key });
        let strokes = [
            stroke("keyDown", SHIFT),
            stroke("keyDown", pressed),
            stroke("keyUp", pressed),
            stroke("keyUp", SHIFT),
        ];
        self.act(json!([{ "type": "key", "id": "keyboard", "actions": strokes }])).await
    }

    /// Fingers that go down together, move each from one place to another, and go up.
    pub async fn touch(&self, fingers: &[[(f64, f64); 2]]) -> Result<()> {
        let hand = fingers.iter().enumerate().map(|(finger, [from, to])| {
            let down = json!({ "type": "pointerDown", "button": 0 });
            let up = json!({ "type": "pointerUp", "button": 0 });
            let mut actions = vec![move_to(from.0, from.1, 0), down];
            if from != to {
                actions.push(move_to(to.0, to.1, 200));
            }
            actions.push(up);
            json!({ "type": "pointer", "id": format!("finger-{finger}"), "parameters": { "pointerType": "touch" },
                "actions": actions })
        });
        self.act(hand.collect()).await
    }

    /// So many device pixels to one of CSS, as on another screen.
    pub async fn set_pixel_ratio(&self, ratio: f64) -> Result<()> {
        let size = json!({ "width": 0, "height": 0, "deviceScaleFactor": ratio, "mobile": false });
        let command = json!({ "cmd": "Emulation.setDeviceMetricsOverride", "params": size });
        self.session.post("goog/cdp/execute", &command).await.map(drop)
    }

    /// What the system says of motion: `reduce` or `no-preference`.
    pub async fn prefer_motion(&self, wish: &str) -> Result<()> {
        let feature = json!([{ "name": "prefers-reduced-motion", "value": wish }]);
        let command = json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": feature } });
        self.session.post("goog/cdp/execute", &command).await.map(drop)
    }

    /// Moves the mouse to a place in the window, in CSS pixels.
    pub async fn point_at(&self, x: f64, y: f64) -> Result<()> {
        self.act(mouse(&json!([move_to(x, y, 0)]))).await
    }

    pub async fn click_at(&self, x: f64, y: f64) -> Result<()> {
        let down = json!({ "type": "pointerDown", "button": 0 });
        let up = json!({ "type": "pointerUp", "button": 0 });
        self.act(mouse(&json!([move_to(x, y, 0), down, up]))).await
    }

    /// Drags the mouse with its button down from one place to another.
    pub async fn drag(&self, from: (f64, f64), to: (f64, f64)) -> Result<()> {
        let down = json!({ "type": "pointerDown", "button": 0 });
        let up = json!({ "type": "pointerUp", "button": 0 });
        self.act(mouse(&json!([move_to(from.0, from.1, 0), down, move_to(to.0, to.1, 200), up]))).await
    }

    /// Turns the wheel at a place; a positive amount scrolls down.
    pub async fn wheel_at(&self, x: f64, y: f64, delta_px: i32) -> Result<()> {
        let scroll = json!({ "type": "scroll", "x": x.round(), "y": y.round(), "deltaX": 0, "deltaY": delta_px,
            "duration": 0, "origin": "viewport" });
        self.act(json!([{ "type": "wheel", "id": "wheel", "actions": [scroll] }])).await
    }

    async fn act(&self, sources: Value) -> Result<()> {
        self.session.post("actions", &json!({ "actions": sources })).await.map(drop)
    }

    /// From here on a script may take so long: a crowded page can hold it up.
    pub async fn let_scripts_take(&self, most: Duration) -> Result<()> {
        let most_ms = most.as_millis() as u64;
        self.session.post("timeouts", &json!({ "script": most_ms })).await.map(drop)
    }

    /// Runs the body of a function in the page and gives what it returns.
    pub async fn execute(&self, script: &str, args: &[Value]) -> Result<Value> {
        let body = json!({ "script": script, "args": args });
        self.session.post("execute/sync", &body).await.with_context(|| format!("script `{script}`"))
    }

    /// Like `execute`; the script's last argument is the callback that ends it.
    pub async fn execute_async(&self, script: &str, args: &[Value]) -> Result<Value> {
        let body = json!({ "script": script, "args": args });
        self.session.post("execute/async", &body).await.with_context(|| format!("script `{script}`"))
    }

    /// Waits until a JavaScript expression is truthy, and gives its value. A script that throws is not true yet.
    pub async fn wait_until(&self, expression: &str, deadline: Duration) -> Result<Value> {
        let script = format!("return {expression}");
        let mut last = Ok(Value::Null);
        let look = async || {
            last = self.execute(&script, &[]).await;
            Ok(last.as_ref().ok().filter(|value| is_truthy(value)).cloned())
        };
        match until(deadline, &format!("`{expression}`"), look).await {
            Ok(value) => Ok(value),
            Err(error) => {
                let console = self.console().await.unwrap_or_default();
                Err(error.context(format!("last: {last:?}; console: {console:#?}")))
            }
        }
    }

    /// Lets the page draw so many frames: time as the page knows it, however slow the machine is.
    pub async fn pass_frames(&self, count: u32) -> Result<()> {
        let script = "let [left, done] = arguments;
            (function frame() { left-- > 0 ? requestAnimationFrame(frame) : done(true); })();";
        self.execute_async(script, &[json!(count)]).await.map(drop)
    }

    /// Leaves a picture of the window in `target/screenshots/<name>.png`.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let encoded = text(&self.session.get("screenshot").await?)?;
        let folder = crate::target_dir()?.join("screenshots");
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, base64::engine::general_purpose::STANDARD.decode(encoded)?)?;
        Ok(path)
    }

    /// All that the console said since the start.
    pub async fn console(&self) -> Result<Vec<ConsoleLine>> {
        let entries = self.session.post("se/log", &json!({ "type": "browser" })).await?;
        Ok(self.keep(&entries))
    }

    /// Fails on any error in the console, policy violations included: a page without trouble says none.
    pub async fn assert_clean_console(&self) -> Result<()> {
        let lines = self.console().await?;
        let bad: Vec<_> =
            lines.iter().filter(|line| line.level == "SEVERE" || line.is_policy_violation()).collect();
        if bad.is_empty() { Ok(()) } else { Err(anyhow!("the console has errors: {bad:#?}")) }
    }

    /// Waits for the violation of a policy that a test has provoked; one with these words fails nothing any more.
    pub async fn wait_for_violation(&self, words: &str, deadline: Duration) -> Result<()> {
        lock(&self.provoked).push(words.to_owned());
        let mut console = Vec::new();
        let look = async || {
            console = self.console().await?;
            let found = console.iter().any(|line| line.is_policy_violation() && line.text.contains(words));
            Ok(found.then_some(()))
        };
        let waited = until(deadline, &format!("a violation with `{words}`"), look).await;
        waited.with_context(|| format!("the console: {console:#?}"))
    }

    fn breaks_policy(&self, line: &ConsoleLine) -> bool {
        line.is_policy_violation() && !lock(&self.provoked).iter().any(|words| line.text.contains(words))
    }

    pub fn driver_process_id(&self) -> u32 {
        self.session.driver_process_id()
    }

    /// The driver forgets entries once they are read.
    fn keep(&self, entries: &Value) -> Vec<ConsoleLine> {
        let field = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let mut console = lock(&self.console);
        console.extend(
            entries
                .as_array()
                .into_iter()
                .flatten()
                .map(|entry| ConsoleLine { level: field(entry, "level"), text: field(entry, "message") }),
        );
        console.clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let end = self.session.end_blocking();
        // A test that has already failed has said why.
        if std::thread::panicking() {
            return;
        }
        let last = end.expect("the browser answers until its session ends");
        let violations: Vec<_> =
            self.keep(&last).into_iter().filter(|line| self.breaks_policy(line)).collect();
        assert!(violations.is_empty(), "the page broke its content security policy: {violations:#?}");
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn mouse(actions: &Value) -> Value {
    json!([{ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions }])
}

fn move_to(x: f64, y: f64, duration_ms: u32) -> Value {
    json!({ "type": "pointerMove", "x": x.round(), "y": y.round(), "duration": duration_ms, "origin": "viewport" })
}

fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| anyhow!("expected a text, got {value}"))
}
