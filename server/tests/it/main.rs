//! The product before a Prometheus that can be watched and broken. One binary, so that it links once.

#[cfg(test)]
mod collector;
#[cfg(test)]
mod command;
#[cfg(test)]
mod connection;
#[cfg(test)]
mod embed;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod http;
#[cfg(test)]
mod observers;
#[cfg(test)]
mod picture;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod rewriting;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod stores;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod support;
#[cfg(test)]
mod together;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod waiting;
