//! How long this caller pauses within a thought, learnt from the pauses after which they went on.

use crate::Millis;
use crate::patience as p;

/// The last pauses, the oldest replaced first.
#[derive(Debug, Default)]
pub(crate) struct Habits {
    pauses: [Millis; p::HABIT_PAUSES],
    next: usize,
}

impl Habits {
    pub(crate) fn went_on_after(&mut self, pause: Millis) {
        if pause >= p::HABIT_LEAST {
            self.pauses[self.next] = pause;
            self.next = (self.next + 1) % p::HABIT_PAUSES;
        }
    }

    /// What to wait where it is not clear that they have finished: a little more than the second longest of
    /// their pauses, for one alone is an accident.
    pub(crate) fn patience(&self) -> Millis {
        let mut pauses = self.pauses;
        pauses.sort_unstable();
        match pauses[p::HABIT_PAUSES - 2] {
            Millis(0) => Millis(0),
            usual => usual + p::HABIT_MARGIN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Habits;
    use crate::Millis;

    #[test]
    fn one_pause_is_an_accident_and_old_ones_are_forgotten() {
        let mut habits = Habits::default();
        assert_eq!(habits.patience(), Millis(0));
        habits.went_on_after(Millis(700));
        habits.went_on_after(Millis(90));
        assert_eq!(habits.patience(), Millis(0), "one is an accident");
        habits.went_on_after(Millis(600));
        assert_eq!(habits.patience(), Millis(700));
        for _ in 0..8 {
            habits.went_on_after(Millis(200));
        }
        assert_eq!(habits.patience(), Millis(300));
    }
}
