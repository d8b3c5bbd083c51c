//! Packets to speech, speech to packets, what has been played.
