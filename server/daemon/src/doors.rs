//! The listening port for page and signaling, and the connections that come to it.

use crate::lan::Lan;
use axum_server::tls_rustls::RustlsConfig;
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// Who has not said within this what they want is let go: silent connections would use the doors up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) type Serving = std::pin::Pin<Box<dyn Future<Output = std::io::Result<()>> + Send>>;

pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener, String> {
    let listener = TcpListener::bind(address).map_err(|error| {
        format!("{address} cannot be used: {error}. Choose another with --listen 127.0.0.1:PORT")
    })?;
    listener
        .set_nonblocking(true)
        .map_err(|error| error.to_string())?;
    Ok(listener)
}

pub(crate) async fn open(
    listener: TcpListener,
    router: axum::Router,
    handle: Handle<SocketAddr>,
    lan: Option<&Lan>,
    patience: Duration,
) -> Result<Serving, String> {
    let service = router.into_make_service();
    let wrong = |error: std::io::Error| format!("the doors do not open: {error}");
    let Some(lan) = lan else {
        let server = axum_server::from_tcp(listener).map_err(wrong)?;
        let server = bounded(server, patience).handle(handle);
        return Ok(Box::pin(server.serve(service)));
    };
    // The handshake has a deadline of its own, 10 s.
    let server = axum_server::from_tcp_rustls(listener, tls(lan).await?).map_err(wrong)?;
    let server = bounded(server, patience).handle(handle);
    Ok(Box::pin(server.serve(service)))
}

/// HTTP/1 alone: only there do headers have a deadline, and telling the versions apart has none.
fn bounded<A>(server: Server<SocketAddr, A>, patience: Duration) -> Server<SocketAddr, A> {
    let mut server = server.http1_only();
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience);
    server
}

async fn tls(lan: &Lan) -> Result<RustlsConfig, String> {
    let (certificate, key) = (lan.certificate_pem.clone(), lan.private_key_pem.clone());
    let both = RustlsConfig::from_pem(certificate.into_bytes(), key.into_bytes())
        .await
        .map_err(|error| {
            format!("the certificate kept for --lan cannot be used ({error}): remove lan-*.crt and lan-tls.key from the data folder, and new ones are made")
        })?;
    let mut one = rustls::ServerConfig::clone(&both.get_inner());
    one.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(one)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    #[tokio::test]
    async fn a_connection_that_asks_for_nothing_is_closed() {
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let short = Duration::from_millis(50);
        let opened = open(listener, axum::Router::new(), Handle::new(), None, short).await;
        let serving = tokio::spawn(opened.unwrap_or_else(|error| panic!("{error}")));
        for said in ["", "GET / HTTP/1.1\r\nHost: x"] {
            let mut stream = TcpStream::connect(address).await.expect("it listens");
            stream.write_all(said.as_bytes()).await.expect("it reads");
            let mut answer = Vec::new();
            let end = stream.read_to_end(&mut answer);
            let end = tokio::time::timeout(Duration::from_secs(60), end).await;
            assert!(end.is_ok(), "{said:?} keeps the connection for ever");
        }
        serving.abort();
    }
}
