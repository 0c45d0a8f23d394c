//! The map as browser tests see it: the product with its test hook on, a browser before it, what the painter put on
//! the canvas, and whether the pixels agree. Must not decide what ought to be drawn: that is the tests' to say.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::http;
use crate::product::Product;

/// A dev build on a busy machine.
pub const SOON: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Map {
    pub product: Product,
    pub browser: Browser,
}

/// One shape of the last frame.
#[derive(Debug, Clone, Deserialize)]
pub struct Mark {
    pub role: String,
    pub owner: Option<Owner>,
    pub text: Option<String>,
    /// In CSS pixels of the map.
    pub rect: Rect,
    pub fill: Option<Ink>,
    pub stroke: Option<Ink>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Owner {
    pub kind: String,
    pub id: Option<String>,
    pub row: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Ink {
    pub token: String,
    pub colour: String,
    pub opacity: f64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Departures {
    pub all: u64,
    pub failed: u64,
}

/// How many of the pixels in a mark's rectangle have about the mark's colour.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Pixels {
    pub alike: u32,
    pub all: u32,
}

/// A frame: what the painter says it drew, and the pixels of the same instant.
#[derive(Debug, Clone, Deserialize)]
pub struct Frame {
    pub marks: Vec<Mark>,
    pub pixels: Vec<Pixels>,
}

/// Writes down which streams a page opens and what they say: `__streams.opened` and `__streams.told`.
const WRITE_STREAMS_DOWN: &str = "
const streams = (window.__streams = { opened: [], told: [] });
const Real = window.EventSource;
window.EventSource = class extends Real {
  constructor(address) {
    super(address);
    streams.opened.push(new URL(address, location.href).pathname);
    for (const kind of ['graph', 'change', 'problem']) this.addEventListener(kind, () => streams.told.push(kind));
  }
};
";

/// How many graphs a page that writes its streams down has got by polling since it was loaded.
pub const POLLED: &str = "performance.getEntriesByType('resource')
    .filter(entry => /\\/api\\/v1\\/graph(\\?|$)/.test(entry.name) && entry.responseEnd > 0).length";
/// And how many by its streams.
pub const STREAMED: &str = "window.__streams.told.length";

impl Mark {
    pub fn is_of(&self, kind: &str, id: &str) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.kind == kind && owner.id.as_deref() == Some(id))
    }
}

impl Rect {
    pub fn centre(self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}

/// Marks and pixels in one go, so that no frame comes between. The canvas may have more pixels than CSS pixels.
const READ_FRAME: &str = r"
const marks = window.__portolan.marks();
const canvas = document.querySelector('.map canvas.scene');
const scale = canvas.width / canvas.clientWidth;
const image = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
const one = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const known = new Map();
const rgb = css => {
  if (!known.has(css)) {
    one.clearRect(0, 0, 1, 1);
    one.fillStyle = css;
    one.fillRect(0, 0, 1, 1);
    known.set(css, one.getImageData(0, 0, 1, 1).data);
  }
  return known.get(css);
};
const clamp = (value, most) => Math.max(0, Math.min(most, Math.round(value * scale)));
const pixels = marks.map(mark => {
  const colour = (mark.fill ?? mark.stroke)?.colour;
  if (!colour) return { alike: 0, all: 0 };
  const wanted = rgb(colour);
  // Letters are thin, and their edges are blended with the ground.
  const tolerance = mark.text ? 90 : 12;
  const right = clamp(mark.rect.x + mark.rect.width, canvas.width);
  const bottom = clamp(mark.rect.y + mark.rect.height, canvas.height);
  let alike = 0, all = 0;
  for (let y = clamp(mark.rect.y, canvas.height); y < bottom; y++) {
    for (let x = clamp(mark.rect.x, canvas.width); x < right; x++) {
      const at = 4 * (y * canvas.width + x);
      const off = Math.max(...[0, 1, 2].map(i => Math.abs(image.data[at + i] - wanted[i])));
      all++;
      if (off <= tolerance && image.data[at + 3] > 128) alike++;
    }
  }
  return { alike, all };
});
return { marks, pixels };
";

/// Waits until the page has its answer and a frame is painted.
pub async fn painted(browser: &Browser) -> Result<()> {
    let painted = "window.__portolan?.ready && window.__portolan.marks().length > 0";
    browser.wait_until(painted, SOON).await.map(drop)
}

/// Waits until cards and viewport are where they were a look ago: nothing glides any more.
pub async fn at_rest(browser: &Browser) -> Result<()> {
    let still = "(() => { const { scene, viewport } = window.__portolan;
        const now = JSON.stringify([scene().digest, viewport()]); const same = now === window.__was;
        window.__was = now; return same })()";
    browser.wait_until(still, SOON).await.map(drop)
}

impl Map {
    /// The shop.
    pub async fn of_the_shop(query: &str) -> Result<Self> {
        Self::open(&["demo"], query).await
    }

    /// Starts the product with these arguments and opens its map with this query string.
    pub async fn open(args: &[&str], query: &str) -> Result<Self> {
        let product = Product::start(&[args, &["--test-hook"]].concat())?;
        let browser = Browser::start().await?;
        let map = Self { product, browser };
        map.go_to(query).await?;
        Ok(map)
    }

    pub async fn go_to(&self, query: &str) -> Result<()> {
        self.browser.open(&format!("{}/graph{query}", self.product.url)).await?;
        self.ready().await
    }

    /// From the next page on.
    pub async fn write_streams_down(&self) -> Result<()> {
        self.browser.before_every_page(WRITE_STREAMS_DOWN).await
    }

    pub async fn ready(&self) -> Result<()> {
        painted(&self.browser).await
    }

    /// What the API says about the same view.
    pub async fn graph(&self, query: &str) -> Result<model::Graph> {
        let url = format!("{}/api/v1/graph{query}", self.product.url);
        let answer = http::client(SOON)?.get(url).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    pub async fn frame(&self) -> Result<Frame> {
        Ok(serde_json::from_value(self.browser.execute(READ_FRAME, &[]).await?)?)
    }

    pub async fn marks(&self) -> Result<Vec<Mark>> {
        let marks = self.browser.execute("return window.__portolan.marks()", &[]).await?;
        Ok(serde_json::from_value(marks)?)
    }

    /// Particles that have left so far, by edge.
    pub async fn departures(&self) -> Result<BTreeMap<String, Departures>> {
        let counts = self.browser.execute("return window.__portolan.departures()", &[]).await?;
        Ok(serde_json::from_value(counts)?)
    }

    /// A place of the map as a place in the window.
    async fn in_window(&self, (x, y): (f64, f64)) -> Result<(f64, f64)> {
        let script =
            "const map = document.querySelector('.map').getBoundingClientRect(); return [map.x, map.y]";
        let corner = self.browser.execute(script, &[]).await?;
        let side = |at: usize| corner[at].as_f64().ok_or_else(|| anyhow!("no place in {corner}"));
        Ok((x + side(0)?, y + side(1)?))
    }

    pub async fn point_at(&self, place: (f64, f64)) -> Result<()> {
        let (x, y) = self.in_window(place).await?;
        self.browser.point_at(x, y).await
    }

    /// Clicks on the name that a card shows.
    pub async fn click_card(&self, node: &str) -> Result<()> {
        let marks = self.marks().await?;
        let name = marks.iter().find(|mark| mark.role == "name" && mark.is_of("node", node));
        let name = name.with_context(|| format!("no card shows a name for {node}"))?;
        let (x, y) = self.in_window(name.rect.centre()).await?;
        self.browser.click_at(x, y).await
    }

    /// Waits until the address holds this parameter, as the page writes it.
    pub async fn wait_for_parameter(&self, name: &str, value: Option<&str>) -> Result<()> {
        let wanted = value.map_or(Value::Null, |value| json!(value));
        let condition = format!(
            "JSON.stringify(new URLSearchParams(location.search).get({})) === {}",
            json!(name),
            json!(wanted.to_string())
        );
        self.browser.wait_until(&condition, SOON).await.map(drop)
    }

    /// Waits until the panel's title is this.
    pub async fn wait_for_panel(&self, title: &str) -> Result<()> {
        let condition = format!("document.querySelector('#panel .title')?.textContent === {}", json!(title));
        self.browser.wait_until(&condition, SOON).await.map(drop)
    }
}
