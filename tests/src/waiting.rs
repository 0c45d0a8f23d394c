//! The one way in which tests and examples wait for something: look again and again until it is there or time is up.
//! Knows nothing of what is waited for.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How often is looked.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Looks until there is something, and gives it; says what it waited for when `deadline` has passed. An error ends it at once.
pub async fn until<T>(
    deadline: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if started.elapsed() >= deadline {
            bail!("waited {deadline:?} for {what}");
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_gives_what_comes_and_names_what_does_not() {
        let mut looks = 0;
        let third = until(Duration::from_secs(30), "a third look", async || {
            looks += 1;
            Ok((looks == 3).then_some(looks))
        });
        assert_eq!(third.await.unwrap(), 3);
        let never = until(Duration::ZERO, "the cows", async || Ok(None::<()>)).await;
        assert!(never.unwrap_err().to_string().contains("the cows"));
        let broken = until(Duration::from_secs(30), "it", async || -> Result<Option<()>> { bail!("gone") });
        assert_eq!(broken.await.unwrap_err().to_string(), "gone");
    }
}
