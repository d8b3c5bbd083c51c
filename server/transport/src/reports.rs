//! What the peer reports about our audio: the crate keeps no report that comes inside a sender report,
//! which is where a browser that speaks itself puts them.

use crate::lane::Lane;
use crate::line::Line;
use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::goodbye::Goodbye;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// Reads the control packets that pass, and changes none.
pub(crate) struct Reports {
    line: Arc<Line>,
    lane: Arc<Lane>,
    /// Our stream.
    ssrc: u32,
    inward: VecDeque<TaggedPacket>,
    outward: VecDeque<TaggedPacket>,
}

impl Reports {
    pub(crate) fn new(line: Arc<Line>, lane: Arc<Lane>, ssrc: u32) -> Self {
        Self {
            line,
            lane,
            ssrc,
            inward: VecDeque::new(),
            outward: VecDeque::new(),
        }
    }

    fn look(&self, packet: &dyn rtc::rtcp::Packet) {
        let packet = packet.as_any();
        if let Some(report) = packet.downcast_ref::<ReceiverReport>() {
            self.note(&report.reports);
        } else if let Some(report) = packet.downcast_ref::<SenderReport>() {
            self.note(&report.reports);
        } else if packet.is::<Goodbye>() {
            self.lane.goodbye();
        }
    }

    fn note(&self, reports: &[ReceptionReport]) {
        for report in reports.iter().filter(|report| report.ssrc == self.ssrc) {
            self.line.set_loss(f32::from(report.fraction_lost) / 256.0);
        }
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Reports {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, message: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &message.message.packet {
            packets.iter().for_each(|packet| self.look(packet.as_ref()));
        }
        self.inward.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.inward.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Error> {
        self.outward.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.outward.pop_front()
    }
}

impl Interceptor for Reports {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use server_session::peer::ToPeer;

    fn report(ssrc: u32, fraction_lost: u8) -> ReceptionReport {
        ReceptionReport {
            ssrc,
            fraction_lost,
            ..ReceptionReport::default()
        }
    }

    #[test]
    fn loss_is_read_from_either_kind_of_report_about_our_stream() {
        let line = Arc::new(Line::new().0);
        let reports = Reports::new(line.clone(), Arc::new(Lane::new("x".into())), 7);
        let receiver = ReceiverReport {
            reports: vec![report(7, 64)],
            ..Default::default()
        };
        reports.look(&receiver);
        assert_eq!(line.loss(), 0.25);
        let sender = SenderReport {
            reports: vec![report(7, 128)],
            ..Default::default()
        };
        reports.look(&sender);
        assert_eq!(line.loss(), 0.5);
        reports.look(&SenderReport {
            reports: vec![report(8, 255)],
            ..Default::default()
        });
        assert_eq!(line.loss(), 0.5, "another stream is none of ours");
    }

    #[test]
    fn a_goodbye_is_noted() {
        let lane = Arc::new(Lane::new("x".into()));
        let reports = Reports::new(Arc::new(Line::new().0), lane.clone(), 7);
        reports.look(&Goodbye::default());
        assert!(lane.said_goodbye());
    }
}
