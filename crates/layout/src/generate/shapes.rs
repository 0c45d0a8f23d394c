//! Hand-made shapes that every picture of the product is judged by.

use super::sketch;
use crate::input::{Group, GroupKind, Input};
use crate::scene::Size;

/// The shop of the demo: three namespaces, an external host, callers without a name, a split with two versions.
#[must_use]
pub fn shop() -> Input {
    let mut input = sketch(
        &[
            "edge/ingress",
            "edge/web",
            "edge/partner-api",
            "shop/search",
            "shop/catalog",
            "shop/cart",
            "shop/reviews v1 v2",
            "shop/recommend",
            "shop/checkout",
            "shop/promo",
            "data/search-index",
            "data/ratings",
            "data/inventory",
            "data/session-cache",
            "data/orders-db",
            "pay.acme.example",
            "unknown",
        ],
        &[
            "edge/ingress -> edge/web 312",
            "edge/ingress -> edge/partner-api 38.4",
            "edge/web -> shop/search 96.2",
            "edge/web -> shop/catalog 210",
            "edge/web -> shop/reviews@v1 9.24",
            "edge/web -> shop/cart 52.7",
            "edge/partner-api -> shop/cart 37.9",
            "unknown -> shop/cart 4.31",
            "shop/search -> data/search-index 96.0",
            "shop/catalog -> shop/reviews@v1 203",
            "shop/catalog -> shop/reviews@v2 22.4",
            "shop/catalog -> data/inventory 118",
            "shop/catalog -> shop/recommend 61.4",
            "shop/reviews@v1 -> data/ratings 198",
            "shop/reviews@v2 -> data/ratings 21.9",
            "shop/recommend -> data/inventory 41.2",
            "shop/cart -> data/session-cache 20",
            "shop/cart -> shop/checkout 18.3",
            "shop/cart -> shop/promo 0.1",
            "shop/checkout -> data/inventory 18.1",
            "shop/checkout -> data/orders-db 20",
            "shop/checkout -> pay.acme.example 17.9",
        ],
    );
    for node in &mut input.nodes {
        if ["shop/recommend", "shop/checkout", "shop/promo"].contains(&&*node.key) {
            node.size.width = 198.0;
        }
    }
    input
}

/// Istio's first example.
#[must_use]
pub fn bookinfo() -> Input {
    sketch(
        &[
            "istio-ingress",
            "bookinfo/productpage",
            "bookinfo/details",
            "bookinfo/reviews v1 v2 v3",
            "bookinfo/ratings",
        ],
        &[
            "istio-ingress -> bookinfo/productpage 10",
            "bookinfo/productpage -> bookinfo/details 10",
            "bookinfo/productpage -> bookinfo/reviews@v1 3.3",
            "bookinfo/productpage -> bookinfo/reviews@v2 3.3",
            "bookinfo/productpage -> bookinfo/reviews@v3 3.3",
            "bookinfo/reviews@v2 -> bookinfo/ratings 3.3",
            "bookinfo/reviews@v3 -> bookinfo/ratings 3.3",
        ],
    )
}

/// A shop of eleven services in one namespace, with a load generator outside.
#[must_use]
pub fn online_boutique() -> Input {
    sketch(
        &[
            "loadgenerator",
            "boutique/frontend",
            "boutique/ad",
            "boutique/recommendation",
            "boutique/productcatalog",
            "boutique/cart",
            "boutique/shipping",
            "boutique/currency",
            "boutique/checkout",
            "boutique/payment",
            "boutique/email",
            "boutique/redis-cart",
        ],
        &[
            "loadgenerator -> boutique/frontend 40",
            "boutique/frontend -> boutique/ad 20",
            "boutique/frontend -> boutique/recommendation 24",
            "boutique/frontend -> boutique/productcatalog 160",
            "boutique/frontend -> boutique/cart 70",
            "boutique/frontend -> boutique/shipping 12",
            "boutique/frontend -> boutique/currency 190",
            "boutique/frontend -> boutique/checkout 4",
            "boutique/recommendation -> boutique/productcatalog 24",
            "boutique/checkout -> boutique/productcatalog 8",
            "boutique/checkout -> boutique/cart 8",
            "boutique/checkout -> boutique/shipping 8",
            "boutique/checkout -> boutique/currency 12",
            "boutique/checkout -> boutique/payment 4",
            "boutique/checkout -> boutique/email 4",
            "boutique/cart -> boutique/redis-cart 78",
        ],
    )
}

/// Apps as boxes of their versions, a cycle, a line to itself and cards without any line.
#[must_use]
pub fn versions() -> Input {
    let mut input = sketch(
        &[
            "gateway",
            "shop/web-v1",
            "shop/web-v2",
            "shop/basket",
            "shop/stock-v1",
            "shop/stock-v2",
            "shop/audit",
            "ops/cron",
            "ops/mail",
            "ops/idle-a",
            "ops/idle-b",
            "alone-1",
            "alone-2",
            "alone-3",
        ],
        &[
            "gateway -> shop/web-v1 90",
            "gateway -> shop/web-v2 10",
            "shop/web-v1 -> shop/basket 60",
            "shop/web-v2 -> shop/basket 6",
            "shop/web-v1 -> shop/stock-v1 30",
            "shop/basket -> shop/stock-v1 40",
            "shop/basket -> shop/stock-v2 10",
            "shop/stock-v1 -> shop/audit 5",
            "shop/audit -> shop/basket 1",
            "shop/basket -> shop/basket 2",
            "shop/stock-v2 -> shop/stock-v1 3",
            "ops/cron -> ops/mail 1",
            "ops/cron -> shop/audit 1",
        ],
    );
    for app in ["web", "stock"] {
        let key = format!("shop/{app}");
        let title = Size::new(60.0, 16.0);
        input.groups.push(Group {
            key: key.clone(),
            parent: Some("shop".to_owned()),
            kind: GroupKind::App,
            title,
        });
        for node in &mut input.nodes {
            if node.key.starts_with(&format!("{key}-")) {
                node.group = Some(key.clone());
            }
        }
    }
    input
}
