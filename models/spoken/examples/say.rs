//! Reads lines, and prints each as it is said (`\n` stands for a new line).

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        writeln!(
            out,
            "{}",
            models_spoken::spoken(&line?.replace("\\n", "\n"))
        )?;
    }
    Ok(())
}
