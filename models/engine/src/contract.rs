//! What every implementation of a seam must do, as checks that its tests call.
