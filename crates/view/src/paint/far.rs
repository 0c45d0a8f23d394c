//! The far level: a dot a card, a sign where it hurts, the names of the bands, large, and as many names beside the dots as
//! there is room for. Lines are bundled elsewhere.

use super::{
    glyph::{self, Glyph, Place},
    pen::Pen,
};
use crate::{
    cards::{self, CARD_HEIGHT},
    mark::{Ink, Owner, Shape, Stroke, Text},
    measure::{Font, ellipsis},
    palette::{FAINT, Token},
    places::Places,
};
use layout::sorting::Order as _;
use layout::{GroupKind, PlacedGroup, Point, Rect};
use model::{Node, NodeKind};

/// All in pixels of the screen.
const DOT: f64 = 2.8;
const SIGN: f64 = 12.0;
const RING: f64 = 4.0;
/// The name of a folded namespace, that of a card, and the widest that this may be.
const LAND_NAME: f64 = 10.5;
const CARD_NAME: f64 = 10.0;
const CARD_NAME_MOST: f64 = 92.0;
/// Their distance from the middle of the dot.
const NAME_BESIDE: f64 = 7.5;
/// More of one kind are a wall of words.
const NAMES_MOST: usize = 100;
const TITLE: (f64, f64) = (12.0, 18.0);
/// A name may reach out of a small band so far.
const TITLE_ROOM: f64 = 90.0;
const PADDING: f64 = 6.0;

pub(crate) fn dot(pen: &mut Pen, index: usize, card: Rect) {
    let drawing = pen.drawing;
    let node = &drawing.graph.nodes[index];
    let unit = 1.0 / drawing.zoom;
    let centre = card.centre();
    pen.owner(Owner::Node(index));
    let ring = |pen: &mut Pen, stroke: Stroke, fill: Option<Token>, role| {
        let circle = Shape::Circle { centre, radius: (SIGN / 2.0 + RING) * unit };
        match fill {
            Some(fill) => pen.both(circle, fill, stroke, role),
            None => pen.stroke(circle, stroke, role),
        }
    };
    if drawing.finds_node(index) {
        ring(pen, Stroke::new(Token::Accent, unit), Some(Token::AccentSoft), "found");
    }
    if drawing.selects_node(node) {
        ring(pen, Stroke::new(Token::Accent, 2.0 * unit), None, "selection");
    } else if drawing.hovers_node(index) {
        ring(pen, Stroke::new(Token::Control, unit), None, "card-hover");
    }
    match sign(node) {
        Some(sign) => {
            let corner = SIGN / 2.0 * unit;
            glyph::draw(
                pen,
                sign,
                Place { x: centre.x - corner, y: centre.y - corner, scale: unit * SIGN / 12.0 },
            );
        }
        None => plain(pen, node, centre),
    }
}

/// Only trouble has a sign so far away.
fn sign(node: &Node) -> Option<Glyph> {
    glyph::of_node(node).filter(|sign| matches!(sign, Glyph::Octagon | Glyph::Triangle))
}

fn plain(pen: &mut Pen, node: &Node, centre: Point) {
    let unit = 1.0 / pen.drawing.zoom;
    let radius = (DOT * unit).min(0.45 * CARD_HEIGHT);
    let bar = (pen.drawing.overlay.node)(node).bar;
    mark(pen, Shape::Circle { centre, radius }, if node.flags.silent { Token::EdgeGhost } else { bar });
}

/// Filled where all is known, hollow where it is not, dotted where nothing moves any more.
pub(crate) fn mark(pen: &mut Pen, dot: Shape, bar: Token) {
    let unit = 1.0 / pen.drawing.zoom;
    let ring = |width: f64| Stroke::new(bar, width * unit);
    match bar {
        Token::LineStrong if pen.drawing.overlay.legend.is_empty() => pen.fill(dot, Token::Healthy, "dot"),
        // The overlay's question does not apply to it.
        Token::LineStrong => pen.both(dot, bar, Stroke::new(Token::Edge, 0.8 * unit), "dot"),
        Token::EdgeGhost => pen.stroke(dot, ring(1.0).dashed(1.5 * unit, 1.5 * unit), "dot"),
        Token::Unknown => pen.both(dot, Token::Surface, ring(1.2), "dot"),
        _ if FAINT.contains(&bar) => pen.both(dot, bar, Stroke::new(Token::Edge, 0.8 * unit), "dot"),
        _ => pen.fill(dot, bar, "dot"),
    }
}

/// What names and figures keep clear of: each dot, larger where it is a sign.
pub(crate) fn dots(pen: &Pen, places: &Places) -> Vec<Rect> {
    let unit = 1.0 / pen.drawing.zoom;
    let nodes = pen.drawing.graph.nodes.iter().zip(&places.cards);
    nodes
        .filter_map(|(node, card)| {
            let half = if sign(node).is_some() { SIGN / 2.0 } else { DOT };
            let centre = card.filter(|card| pen.drawing.in_sight(*card))?.centre();
            Some(Rect::new(centre.x, centre.y, 0.0, 0.0).grown(half * unit))
        })
        .collect()
}

/// Whose names are written at once. What comes first has the choice of places.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// Folded land keeps its name, as open land does.
    Land,
    Troubled,
    Others,
}

/// Names that find room beside their dots, those in trouble first, then the busiest; adds the room they take.
pub(crate) fn names(pen: &mut Pen, places: &Places, named: Named, taken: &mut Vec<Rect>) {
    let drawing = pen.drawing;
    let mut wanted: Vec<(f64, usize, Point)> = Vec::new();
    for (index, node) in drawing.graph.nodes.iter().enumerate() {
        let is_troubled = sign(node).is_some();
        let kind = match node.kind {
            NodeKind::Namespace | NodeKind::Cluster => Named::Land,
            _ if is_troubled => Named::Troubled,
            _ => Named::Others,
        };
        let card = places.cards[index].filter(|card| drawing.in_sight(*card) && drawing.shows_node(index));
        if let Some(card) = card.filter(|_| kind == named) {
            let flow = cards::flow_rps(node.requests.as_ref(), node.tcp.as_ref()).unwrap_or(0.0);
            wanted.push((if is_troubled { f64::MAX } else { flow }, index, card.centre()));
        }
    }
    wanted.order_by(|a, b| b.0.total_cmp(&a.0));
    for (_, index, centre) in wanted.into_iter().take(NAMES_MOST) {
        pen.owner(Owner::Node(index));
        let written = name(pen, &drawing.graph.nodes[index], centre, taken);
        taken.extend(written);
    }
}

/// Below, above or beside the dot, whole in sight if that can be had, and never under a sheet.
fn name(pen: &mut Pen, node: &Node, centre: Point, taken: &[Rect]) -> Option<Rect> {
    let drawing = pen.drawing;
    let unit = 1.0 / drawing.zoom;
    let (font, ink, most) = match node.kind {
        NodeKind::Namespace | NodeKind::Cluster => {
            (Font::new(LAND_NAME * unit, 600), Token::Text, f64::INFINITY)
        }
        _ => (Font::new(CARD_NAME * unit, 500), Token::Text2, CARD_NAME_MOST * unit),
    };
    let text = ellipsis(&node.name, most, font, drawing.measure);
    let (width, height) = (drawing.measure.width(&text, font), font.size);
    let (middle, away) = (-width / 2.0, NAME_BESIDE * unit);
    let level = -height / 2.0;
    let places = [(middle, away), (middle, -away - height), (away, level), (-away - width, level)];
    let places = places.map(|(x, y)| Rect::new(centre.x + x, centre.y + y, width, height));
    let is_free = |place: &&Rect| taken.iter().chain(drawing.covered).all(|other| !other.overlaps(place));
    let is_seen = |place: &&Rect| drawing.sees_whole(place);
    let dot = Rect::new(centre.x, centre.y, 0.0, 0.0).grown(DOT * unit);
    if drawing.covered.iter().any(|sheet| sheet.overlaps(&dot)) {
        return None;
    }
    let place = *places.iter().filter(is_free).find(is_seen).or_else(|| places.iter().find(is_free))?;
    let ground = super::edges::ground_at(drawing.scene, place.centre());
    let text = Text::new(Point::new(place.x, place.y + 0.8 * height), text, font);
    pen.text_with_halo(text, ink, Stroke::new(ground, 3.5 * unit).round(), "name");
    Some(place)
}

/// The names of regions, then of bands, the largest first; gives the room they took. A name that would cover another is
/// left out.
pub(crate) fn titles(pen: &mut Pen, dots: &[Rect]) -> Vec<Rect> {
    let drawing = pen.drawing;
    let mut lands: Vec<(usize, &PlacedGroup)> = drawing.scene.groups.iter().enumerate().collect();
    lands.retain(|(_, land)| {
        land.kind != GroupKind::App && drawing.in_sight(land.rect) && drawing.shows_land(&land.key)
    });
    let area = |land: &PlacedGroup| land.rect.width * land.rect.height;
    let is_region = |land: &PlacedGroup| land.kind == GroupKind::Region;
    lands.order_by(|a, b| is_region(b.1).cmp(&is_region(a.1)).then(area(b.1).total_cmp(&area(a.1))));
    let mut taken: Vec<Rect> = Vec::new();
    for (index, land) in lands {
        let Some(graph_box) = drawing.graph.boxes.iter().find(|b| b.id == land.key) else { continue };
        pen.owner(Owner::Group(index));
        let mut name = graph_box.name.clone();
        if let Some(cluster) = cards::cluster_of(graph_box, drawing.graph) {
            name = [&name, " in ", cluster].concat();
        }
        taken.extend(title(pen, &name, land, (&taken, dots)));
    }
    taken
}

fn title(pen: &mut Pen, name: &str, land: &PlacedGroup, (names, dots): (&[Rect], &[Rect])) -> Option<Rect> {
    let drawing = pen.drawing;
    let unit = 1.0 / drawing.zoom;
    let (rect, is_region) = (land.rect, land.kind == GroupKind::Region);
    let most = if is_region { TITLE.0 } else { TITLE.1 };
    let size = (0.22 * rect.height.min(0.5 * rect.width)).max(TITLE.0 * unit).min(most * unit);
    let font = Font::new(size, 600);
    let padding = PADDING * unit;
    let text = ellipsis(name, (rect.width - 2.0 * padding).max(TITLE_ROOM * unit), font, drawing.measure);
    let (width, height) = (drawing.measure.width(&text, font), size);
    let (left, right) = (rect.x + padding, rect.right() - padding - width);
    let (top, low) = (rect.y + padding, rect.bottom() - padding - height);
    let above = Rect::new(rect.x, rect.y - height - 0.3 * size, width, height);
    let inside = [(left, top), (right, top), (left, low), (right, low)];
    let inside = inside.map(|(x, y)| Rect::new(x.max(left), y, width, height));
    let clear = |place: &Rect, others: &[Rect]| {
        let wanted = place.grown(2.0 * unit);
        others.iter().all(|other| !other.overlaps(&wanted))
    };
    // Within a region is sea too, but no name lies across its outline.
    let is_sea = |place: &Rect| {
        drawing.scene.groups.iter().filter(|other| other.key != land.key).all(|other| {
            let round = other.kind == GroupKind::Region && other.rect.union(place) == other.rect;
            round || !other.rect.overlaps(place)
        })
    };
    let above = is_sea(&above).then_some(above);
    // Within a region all but its edge is taken.
    let (first, next) = inside.split_at(usize::from(!is_region));
    let places = || first.iter().chain(&above).chain(next);
    let beside = |covered: &[Rect]| {
        let is_bare =
            |place: &&Rect| clear(place, names) && clear(place, covered) && (!is_region || is_sea(place));
        let is_free = |place: &&Rect| drawing.sees_whole(place) && is_bare(place) && clear(place, dots);
        places().find(is_free).or_else(|| places().find(is_bare))
    };
    let place = *beside(drawing.covered).or_else(|| beside(&[]))?;
    let (ground, ink) = match above == Some(place) {
        _ if is_region => (Token::Sea, Token::Text3),
        true => (Token::Sea, Token::Text),
        false => (Token::Land, Token::Text),
    };
    let halo = Stroke { ink: Ink { token: ground, opacity: 0.9 }, ..Stroke::new(ground, 4.0 * unit) };
    let at = Point::new(place.x, place.y + 0.8 * size);
    pen.text_with_halo(Text::new(at, text, font), ink, halo.round(), "group-name");
    Some(place)
}
