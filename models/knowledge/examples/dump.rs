use models_engine::{Cancel, Query, Retriever};
use models_knowledge::Knowledge;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let (k, _) = Knowledge::open(std::path::Path::new(&a[1])).unwrap();
    if a.len() > 2 {
        for p in k
            .retrieve(
                &Query {
                    text: a[2].clone(),
                    limit: 5,
                },
                &Cancel::new(),
            )
            .unwrap()
        {
            println!(
                "[{:.2}] {} | {}\n{}\n",
                p.score, p.source, p.heading, p.text
            );
        }
    } else {
        for s in k.sentences() {
            println!("{s}");
        }
    }
}
