//! A whole answer, as long as it is not too large.

/// What is larger, or breaks off, is an error.
pub(crate) async fn read(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, ()> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(drop)? {
        body.extend_from_slice(&part);
        if body.len() > limit {
            return Err(());
        }
    }
    Ok(body)
}
