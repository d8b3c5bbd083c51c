//! The crate's runtime: tokio in all things, but its UDP sockets are lanes of the one we share.

use crate::lane::{Family, Lane, LaneSocket};
use crate::mux::Mux;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime,
    TokioRuntime,
};

type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One per peer.
pub(crate) struct LaneRuntime {
    pub(crate) lane: Arc<Lane>,
    pub(crate) mux: Arc<Mux>,
}

impl fmt::Debug for LaneRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LaneRuntime")
    }
}

/// Tells the lane when the driver is gone, even by a panic: the crate itself tells nobody.
struct Watch(Arc<Lane>);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.stopped.notify_one();
    }
}

impl Runtime for LaneRuntime {
    fn spawn(&self, future: Later<'static, ()>) -> Box<dyn JoinHandle> {
        let watch = Watch(self.lane.clone());
        TokioRuntime.spawn(Box::pin(async move {
            let _watch = watch;
            future.await;
        }))
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let name = socket.local_addr()?;
        Ok(Arc::new(LaneSocket {
            lane: self.lane.clone(),
            mux: self.mux.clone(),
            family: Family::of(&name),
            name,
        }))
    }

    fn wrap_tcp_listener(
        &self,
        listener: std::net::TcpListener,
    ) -> io::Result<Arc<dyn AsyncTcpListener>> {
        TokioRuntime.wrap_tcp_listener(listener)
    }

    /// Nothing but the shared sockets leaves this machine.
    fn connect_tcp<'a>(&'a self, _: SocketAddr) -> Later<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
    }

    fn resolve_host<'a>(&'a self, _: &'a str) -> Later<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
    }

    fn sleep(&self, duration: Duration) -> Later<'static, ()> {
        TokioRuntime.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        TokioRuntime.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        TokioRuntime.block_on(future);
    }

    fn yield_now(&self) -> Later<'static, ()> {
        TokioRuntime.yield_now()
    }

    fn name(&self) -> &'static str {
        "lane"
    }
}
