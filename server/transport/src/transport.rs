//! The transport: binds the sockets once, then turns offers into answers and peers.

use crate::answer::{self, Ours};
use crate::line::Line;
use crate::mux::{Counts, Mux, Reach};
use crate::sdp::Offer;
use crate::{addresses, call, connection};
use async_trait::async_trait;
use rtc::crypto::SignatureScheme;
use rtc::peer_connection::certificate::CertificateParams;
use server_session::peer::{Answerer, Peer, Unanswerable};
use socket2::{Domain, Protocol, Type};
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use webrtc::peer_connection::{RTCCertificate, crypto};

/// Where to listen, and whom to let in.
#[derive(Clone, Debug)]
pub struct TransportOptions {
    /// One UDP port; IPv4 and IPv6 addresses, also the unspecified ones. Port 0 takes any,
    /// and then all addresses share it.
    pub listen: Vec<SocketAddr>,
    /// Behind NAT or in a container: what the answer says in place of our own addresses.
    pub public: Vec<IpAddr>,
    /// An offer beyond this gets no answer.
    pub max_peers: usize,
}

/// Why the transport could not start.
#[derive(Debug)]
pub enum TransportError {
    NoAddress,
    Bind(SocketAddr, io::Error),
    Certificate(String),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress => f.write_str("no address to listen on was given"),
            Self::Bind(address, error) => write!(f, "cannot listen on UDP {address}: {error}"),
            Self::Certificate(error) => write!(f, "cannot make a DTLS certificate: {error}"),
        }
    }
}

impl std::error::Error for TransportError {}

/// All media of all peers, on one port.
pub struct Transport {
    mux: Arc<Mux>,
    certificate: RTCCertificate,
    fingerprint: String,
    public: Vec<IpAddr>,
    room: Arc<Semaphore>,
    receivers: Vec<JoinHandle<()>>,
}

impl Drop for Transport {
    fn drop(&mut self) {
        for receiver in &self.receivers {
            receiver.abort();
        }
    }
}

impl Transport {
    /// Binds the port and starts to read it. Needs a tokio runtime with time and network.
    pub async fn bind(options: TransportOptions) -> Result<Arc<Self>, TransportError> {
        Self::open(options, Reach::Everywhere)
    }

    /// As `bind`, but whatever address is listened on, other machines are neither heard nor answered.
    /// For calls within one machine: Firefox pairs no address of its own with 127.0.0.1, so that a
    /// socket there alone would never be reached by it.
    pub async fn bind_within_machine(
        options: TransportOptions,
    ) -> Result<Arc<Self>, TransportError> {
        Self::open(options, Reach::Within(addresses::interfaces()))
    }

    fn open(options: TransportOptions, reach: Reach) -> Result<Arc<Self>, TransportError> {
        let sockets = bind_all(&options.listen)?;
        let first = options
            .listen
            .first()
            .copied()
            .ok_or(TransportError::NoAddress)?;
        let mux =
            Arc::new(Mux::new(sockets, reach).map_err(|error| TransportError::Bind(first, error))?);
        // One for all peers: making a key for each would cost more than the rest of the set-up.
        let (certificate, fingerprint) = certificate().map_err(TransportError::Certificate)?;
        let receivers = (0..mux.addresses().len())
            .map(|n| tokio::spawn(mux.clone().receive(n)))
            .collect();
        Ok(Arc::new(Self {
            mux,
            certificate,
            fingerprint,
            public: options.public,
            room: Arc::new(Semaphore::new(options.max_peers)),
            receivers,
        }))
    }

    pub fn local_addrs(&self) -> Vec<SocketAddr> {
        self.mux.addresses()
    }

    /// How many peers there are, from the offer to the end.
    pub fn peers(&self) -> usize {
        self.mux.peers()
    }

    pub fn counts(&self) -> Counts {
        self.mux.counts()
    }

    /// The addresses that an answer offers now; interfaces come and go, and what is within reach
    /// follows them.
    pub fn candidates(&self) -> Vec<SocketAddr> {
        let interfaces = addresses::interfaces();
        self.mux.follow(&interfaces);
        addresses::reachable(&self.mux.addresses(), &self.public, &interfaces)
    }

    fn ours(&self) -> Ours {
        Ours {
            ufrag: secret(16),
            password: secret(32),
            fingerprint: self.fingerprint.clone(),
            candidates: self.candidates(),
            ssrc: rand::random_range(1..u32::MAX),
            session: rand::random(),
        }
    }
}

#[async_trait]
impl Answerer for Transport {
    async fn answer(&self, offer: &str) -> Result<(String, Peer), Unanswerable> {
        let offer = Offer::parse(offer).map_err(Unanswerable::Offer)?;
        let Ok(permit) = self.room.clone().try_acquire_owned() else {
            return Err(Unanswerable::Full);
        };
        let ours = self.ours();
        let place = self.mux.open(ours.ufrag.clone(), permit);
        let (certificate, mux) = (self.certificate.clone(), self.mux.clone());
        // On a task of its own: a panic in the crate is one lost call, and a caller who
        // gives up half way leaves nothing half built.
        let negotiation = tokio::spawn(async move {
            let lane = place.lane.clone();
            let (line, outbound) = Line::new();
            let line = Arc::new(line);
            let (connection, news) =
                connection::open(&offer, &ours, certificate, lane, line.clone(), mux.clone())
                    .await?;
            let peer = call::start(
                &offer,
                &ours,
                call::Ends {
                    connection,
                    news,
                    place,
                    line,
                    outbound,
                },
                mux,
            );
            Ok::<_, webrtc::error::Error>((answer::answer(&offer, &ours), peer))
        });
        match negotiation.await {
            Ok(Ok(answered)) => Ok(answered),
            Ok(Err(error)) => {
                tracing::warn!(%error, "an offer that we could read was refused by the WebRTC crate");
                Err(Unanswerable::Server(
                    "The server could not set up the call.".into(),
                ))
            }
            Err(_) => Err(Unanswerable::Server(
                "The server failed while setting up.".into(),
            )),
        }
    }
}

/// Letters and digits from the system's generator: ICE names and passwords.
fn secret(length: usize) -> String {
    use rand::distr::{Alphanumeric, SampleString};
    Alphanumeric.sample_string(&mut rand::rng(), length)
}

fn certificate() -> Result<(RTCCertificate, String), String> {
    let provider = crypto::default_provider().map_err(|error| error.to_string())?;
    let params = CertificateParams::new(vec!["repartee".to_owned()]).map_err(|e| e.to_string())?;
    let scheme = SignatureScheme::EcdsaP256Sha256;
    let certificate = RTCCertificate::generate(provider.crypto(), scheme, params)
        .map_err(|error| error.to_string())?;
    let prints = certificate
        .get_fingerprints(provider.crypto())
        .map_err(|e| e.to_string())?;
    let print = prints.first().ok_or("it has no fingerprint")?;
    Ok((
        certificate,
        format!("{} {}", print.algorithm, print.value.to_uppercase()),
    ))
}

/// All addresses on one port: the first decides which, if none was named.
fn bind_all(listen: &[SocketAddr]) -> Result<Vec<UdpSocket>, TransportError> {
    let mut sockets: Vec<UdpSocket> = Vec::new();
    let mut port = 0;
    for address in listen {
        let mut address = *address;
        if address.port() == 0 {
            address.set_port(port);
        }
        let socket = bind(address).map_err(|error| TransportError::Bind(address, error))?;
        port = socket.local_addr().map_or(port, |local| local.port());
        sockets.push(socket);
    }
    if sockets.is_empty() {
        Err(TransportError::NoAddress)
    } else {
        Ok(sockets)
    }
}

fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = socket2::Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    if address.is_ipv6() {
        // Else [::] takes the IPv4 port too, and 0.0.0.0 beside it fails.
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_within_reach_follows_the_interfaces() {
        let options = TransportOptions {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 0))],
            public: Vec::new(),
            max_peers: 1,
        };
        let transport = Transport::bind_within_machine(options).await;
        let transport = transport.expect("loopback can be bound");
        // As if the machine had had this address when the server started.
        let gone = IpAddr::from([192, 0, 2, 1]);
        transport.mux.follow(&[gone]);
        assert!(transport.mux.covers(&gone));
        transport.candidates();
        assert!(!transport.mux.covers(&gone));
        for own in addresses::interfaces() {
            assert!(transport.mux.covers(&own), "{own}");
        }
    }
}
