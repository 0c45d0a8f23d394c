//! Public demonstration systems, service by service, from how they call each other.

use super::sketch;
use crate::input::Input;

/// A shop for socks: fourteen services, stores and a queue.
#[must_use]
pub fn sock_shop() -> Input {
    sketch(
        &[
            "edge-router",
            "sock/front-end",
            "sock/catalogue",
            "sock/catalogue-db",
            "sock/carts",
            "sock/carts-db",
            "sock/orders",
            "sock/orders-db",
            "sock/payment",
            "sock/user",
            "sock/user-db",
            "sock/shipping",
            "sock/rabbitmq",
            "sock/queue-master",
        ],
        &[
            "edge-router -> sock/front-end 60",
            "sock/front-end -> sock/catalogue 48",
            "sock/front-end -> sock/carts 20",
            "sock/front-end -> sock/orders 4",
            "sock/front-end -> sock/user 12",
            "sock/catalogue -> sock/catalogue-db 48",
            "sock/carts -> sock/carts-db 24",
            "sock/orders -> sock/orders-db 4",
            "sock/orders -> sock/carts 4",
            "sock/orders -> sock/user 8",
            "sock/orders -> sock/payment 4",
            "sock/orders -> sock/shipping 4",
            "sock/user -> sock/user-db 20",
            "sock/shipping -> sock/rabbitmq 4",
            "sock/queue-master -> sock/rabbitmq 4",
        ],
    )
}

/// Who calls whom when train tickets are searched, bought, changed and used.
const TRAIN_TICKET: [(&str, &[&str]); 35] = [
    (
        "ui-dashboard",
        &[
            "auth",
            "verification-code",
            "user",
            "travel",
            "travel2",
            "travel-plan",
            "route-plan",
            "preserve",
            "preserve-other",
            "order",
            "order-other",
            "cancel",
            "rebook",
            "execute",
            "inside-payment",
            "consign",
            "food",
            "contacts",
            "assurance",
            "news",
            "ticket-office",
            "voucher",
            "avatar",
        ],
    ),
    ("admin-basic-info", &["contacts", "station", "train", "config", "price"]),
    ("admin-order", &["order", "order-other"]),
    ("admin-route", &["route", "station"]),
    ("admin-travel", &["travel", "travel2", "route", "train"]),
    ("admin-user", &["user"]),
    ("auth", &["verification-code", "auth-db"]),
    ("user", &["auth", "user-db"]),
    ("travel-plan", &["travel", "travel2", "route-plan", "seat", "station"]),
    ("route-plan", &["travel", "travel2", "route", "station"]),
    ("travel", &["basic", "order", "route", "seat", "train"]),
    ("travel2", &["basic", "order-other", "route", "seat", "train"]),
    ("basic", &["station", "train", "route", "price"]),
    ("seat", &["order", "order-other", "config"]),
    (
        "preserve",
        &[
            "security",
            "contacts",
            "travel",
            "assurance",
            "station",
            "food",
            "consign",
            "seat",
            "order",
            "user",
            "notification",
        ],
    ),
    (
        "preserve-other",
        &[
            "security",
            "contacts",
            "travel2",
            "assurance",
            "station",
            "food",
            "consign",
            "seat",
            "order-other",
            "user",
            "notification",
        ],
    ),
    ("security", &["order", "order-other"]),
    ("order", &["station", "order-db"]),
    ("order-other", &["station", "order-db"]),
    ("cancel", &["order", "order-other", "inside-payment", "user", "notification"]),
    ("rebook", &["order", "order-other", "travel", "travel2", "seat", "inside-payment", "route", "train"]),
    ("execute", &["order", "order-other"]),
    ("inside-payment", &["order", "order-other", "payment"]),
    ("payment", &["payment-db"]),
    ("consign", &["consign-price"]),
    ("food", &["food-map", "travel", "station", "delivery"]),
    ("food-map", &["food-db"]),
    ("delivery", &["queue"]),
    ("notification", &["queue"]),
    ("voucher", &["order", "order-other"]),
    ("station", &["station-db"]),
    ("train", &["train-db"]),
    ("route", &["route-db"]),
    ("price", &["price-db"]),
    ("wait-order", &["order", "preserve", "travel", "contacts"]),
];

/// A booking system of more than forty services, in one namespace, its stores in another.
#[must_use]
pub fn train_ticket() -> Input {
    let full = |name: &str| {
        let store = name.ends_with("-db") || name == "queue";
        format!("{}/{name}", if store { "stores" } else { "train" })
    };
    let (mut cards, mut lines): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (caller, callees) in TRAIN_TICKET {
        for name in std::iter::once(&caller).chain(callees) {
            if !cards.contains(&full(name)) {
                cards.push(full(name));
            }
        }
        for (index, callee) in callees.iter().enumerate() {
            lines.push(format!("{} -> {} {}", full(caller), full(callee), 3 + 7 * index));
        }
    }
    sketch(
        &cards.iter().map(String::as_str).collect::<Vec<_>>(),
        &lines.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}
