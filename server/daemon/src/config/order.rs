//! Which engines fill a seam: the first that can, in this order.

/// At least one; what stands behind it may be left to the house.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Order<E> {
    pub(crate) first: E,
    /// `None`: nobody has said. An empty list: nothing.
    behind: Option<Vec<E>>,
}

impl<E: Copy + PartialEq> Order<E> {
    pub(crate) fn of(first: E) -> Self {
        let behind = None;
        Self { first, behind }
    }

    pub(crate) fn in_full(first: E, behind: Vec<E>) -> Self {
        let behind = Some(behind);
        Self { first, behind }
    }

    pub(crate) fn has(&self, engine: E) -> bool {
        self.first == engine || self.behind.iter().flatten().any(|&one| one == engine)
    }

    /// A key of the engine's own names it: it is the first, unless the order has a place for it. One engine gives way to
    /// it; several stay behind it.
    pub(crate) fn lead(&mut self, engine: E) {
        if self.has(engine) {
            return;
        }
        let gives_way = std::mem::replace(&mut self.first, engine);
        if let Some(behind) = &mut self.behind {
            behind.insert(0, gives_way);
        }
    }

    /// All of them; behind a remote one stands the built-in one, where nobody has said otherwise.
    pub(crate) fn line(&self, remote: E, builtin: E) -> Vec<E> {
        let usual = if self.first == remote {
            vec![builtin]
        } else {
            Vec::new()
        };
        let behind = self.behind.clone().unwrap_or(usual);
        std::iter::once(self.first).chain(behind).collect()
    }
}

/// Most ask for the first alone.
impl<E: PartialEq> PartialEq<E> for Order<E> {
    fn eq(&self, engine: &E) -> bool {
        self.first == *engine
    }
}
