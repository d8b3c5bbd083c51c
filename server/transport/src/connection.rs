//! One connection of the crate: negotiated from our own words, and closed whatever happens.

use crate::answer::{self, FORMAT, LONGEST_MESSAGE, Ours, STREAM, TRACK};
use crate::lane::Lane;
use crate::line::Line;
use crate::mux::Mux;
use crate::reports::Reports;
use crate::runtime::LaneRuntime;
use crate::sdp::{Offer, Setup};
use async_trait::async_trait;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{NackGeneratorBuilder, NackResponderBuilder};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters,
    RTCRtpEncodingParameters, RtpCodecKind,
};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use webrtc::data_channel::DataChannel;
use webrtc::error::Result;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCCertificate,
    RTCConfigurationBuilder, RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionState,
    RTCSessionDescription, Registry, SettingEngine, SettingEngineBuilder, Slot,
    configure_rtcp_reports,
};

/// Quiet for this long: disconnected; for this long more: gone. Measured: 2 s and 6 s.
const QUIET: Duration = Duration::from_secs(2);
const GONE: Duration = Duration::from_secs(4);
const CHECK_EACH: Duration = Duration::from_millis(500);
/// A lost packet is asked for again at once, and not for ever: later than this it cannot be played.
const ASK_AGAIN_EACH: Duration = Duration::from_millis(20);
const ASK_AGAIN: u16 = 3;
/// Outgoing packets kept for the peer's questions: 2.5 s.
const KEPT: u16 = 128;
/// What SCTP may hold of ours before the queue in front of it fills.
const UNACKNOWLEDGED: usize = 256 * 1024;
/// What the peer may have under way.
const RECEIVE_WINDOW: u32 = 512 * 1024;
/// Tracks and channels that wait for the call's task. More than these at once is a flood.
const ARRIVALS: usize = 16;

/// After every interceptor of the crate.
const NEAREST_TO_US: Slot = Slot::Custom(14_000);

/// What the crate tells us, without ever waiting for us: its callbacks run on the media path.
pub(crate) struct News {
    pub(crate) state: watch::Receiver<RTCPeerConnectionState>,
    pub(crate) tracks: mpsc::Receiver<Arc<dyn TrackRemote>>,
    pub(crate) channels: mpsc::Receiver<Arc<dyn DataChannel>>,
}

struct Teller {
    lane: Arc<Lane>,
    state: watch::Sender<RTCPeerConnectionState>,
    gathered: watch::Sender<bool>,
    tracks: mpsc::Sender<Arc<dyn TrackRemote>>,
    channels: mpsc::Sender<Arc<dyn DataChannel>>,
}

#[async_trait]
impl PeerConnectionEventHandler for Teller {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.state.send_replace(state);
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        if state == RTCIceConnectionState::Connected {
            self.lane.found_path();
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        self.gathered
            .send_replace(state == RTCIceGatheringState::Complete);
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let _ = self.tracks.try_send(track);
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        let _ = self.channels.try_send(channel);
    }
}

/// Closes the connection when dropped: the crate does not, and would live on for ever.
pub(crate) struct Connection {
    inner: Option<Arc<dyn PeerConnection>>,
    pub(crate) voice: Arc<TrackLocalStaticRTP>,
}

impl Connection {
    pub(crate) fn inner(&self) -> &Arc<dyn PeerConnection> {
        self.inner
            .as_ref()
            .expect("only close takes it, and consumes the connection")
    }

    pub(crate) async fn close(mut self) {
        if let Some(inner) = self.inner.take() {
            let _ = inner.close().await;
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let (Some(inner), Ok(tokio)) = (self.inner.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        tokio.spawn(async move {
            let _ = inner.close().await;
        });
    }
}

/// Builds a connection and lets it accept the offer. It listens as soon as this returns.
pub(crate) async fn open(
    offer: &Offer,
    ours: &Ours,
    certificate: RTCCertificate,
    lane: Arc<Lane>,
    line: Arc<Line>,
    mux: Arc<Mux>,
) -> Result<(Connection, News)> {
    let (state, state_news) = watch::channel(RTCPeerConnectionState::New);
    let (gathered, mut has_gathered) = watch::channel(false);
    let (tracks, track_news) = mpsc::channel(ARRIVALS);
    let (channels, channel_news) = mpsc::channel(ARRIVALS);
    let addresses: Vec<SocketAddr> = mux
        .families()
        .into_iter()
        .map(|family| family.throwaway())
        .collect();
    let (media, registry) = media(offer)?;
    let reports = Reports::new(line, lane.clone(), ours.ssrc);
    let registry = registry.with(NEAREST_TO_US, reports);
    let inner = PeerConnectionBuilder::new()
        .with_configuration(
            RTCConfigurationBuilder::new()
                .with_certificates(vec![certificate])
                .build(),
        )
        .with_media_engine(media)
        .with_interceptor_registry(registry)
        .with_setting_engine(settings(offer, ours))
        .with_runtime(Arc::new(LaneRuntime {
            lane: lane.clone(),
            mux,
        }))
        .with_handler(Arc::new(Teller {
            lane,
            state,
            gathered,
            tracks,
            channels,
        }))
        .with_udp_addrs(addresses)
        .with_data_channel_send_buffer_limit(UNACKNOWLEDGED)
        .build()
        .await?;
    let voice = Arc::new(TrackLocalStaticRTP::new(voice(offer, ours)));
    let connection = Connection {
        inner: Some(Arc::new(inner)),
        voice: voice.clone(),
    };
    let inner = connection.inner();
    inner.add_track(voice as Arc<dyn TrackLocal>).await?;
    let words = RTCSessionDescription::offer(answer::canonical(offer))?;
    inner.set_remote_description(words).await?;
    let accepted = inner.create_answer(None).await?;
    inner.set_local_description(accepted).await?;
    // Without its candidates the crate would throw the first check away. It has them at once.
    let _ = tokio::time::timeout(QUIET, has_gathered.wait_for(|gathered| *gathered)).await;
    let news = News {
        state: state_news,
        tracks: track_news,
        channels: channel_news,
    };
    Ok((connection, news))
}

fn settings(offer: &Offer, ours: &Ours) -> SettingEngine {
    let role = match offer.setup {
        Setup::MayOpen => RTCDtlsRole::Server,
        Setup::Waits => RTCDtlsRole::Client,
    };
    SettingEngineBuilder::new()
        .with_answering_dtls_role(role)
        .with_ice_credentials(ours.ufrag.clone(), ours.password.clone())
        .with_ice_timeouts(Some(QUIET), Some(GONE), Some(CHECK_EACH))
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(LONGEST_MESSAGE as u32))
        .with_sctp_max_receive_buffer_size(RECEIVE_WINDOW)
        .build()
}

fn media(offer: &Offer) -> Result<(MediaEngine, Registry)> {
    let mut media = MediaEngine::default();
    let codec = RTCRtpCodecParameters {
        rtp_codec: opus(offer),
        payload_type: offer.opus.payload_type,
    };
    media.register_codec(codec, RtpCodecKind::Audio)?;
    let mut registry = configure_rtcp_reports(Registry::new());
    if offer.opus.has_nack {
        let ask = NackGeneratorBuilder::new()
            .with_size(KEPT)
            .with_interval(ASK_AGAIN_EACH)
            .with_max_nacks_per_packet(ASK_AGAIN);
        registry = registry
            .with(
                Slot::NackResponder,
                NackResponderBuilder::new().with_size(KEPT).build(),
            )
            .with(Slot::NackGenerator, ask.build());
    }
    Ok((media, registry))
}

fn opus(offer: &Offer) -> RTCRtpCodec {
    let nack = RTCPFeedback {
        typ: "nack".into(),
        parameter: String::new(),
    };
    RTCRtpCodec {
        mime_type: "audio/opus".into(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: FORMAT.into(),
        rtcp_feedback: if offer.opus.has_nack {
            vec![nack]
        } else {
            Vec::new()
        },
    }
}

fn voice(offer: &Offer, ours: &Ours) -> MediaStreamTrack {
    let coding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            ssrc: Some(ours.ssrc),
            ..RTCRtpCodingParameters::default()
        },
        active: true,
        codec: opus(offer),
        ..RTCRtpEncodingParameters::default()
    };
    MediaStreamTrack::new(
        STREAM.into(),
        TRACK.into(),
        TRACK.into(),
        RtpCodecKind::Audio,
        vec![coding],
    )
}
