//! The one ggml of the process, which whisper.cpp and llama.cpp share: its plugins, its devices, its log.
//!
//! ggml comes as shared libraries, and its back ends as plugins in the folder [`FOLDER`] beside the program:
//! the same program runs on a machine without a GPU, and uses CUDA, Vulkan or Metal where that plugin lies there.

mod log;
mod plugins;
mod version;

use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::{LlamaBackendDevice, LlamaBackendDeviceType, list_llama_ggml_backend_devices};
pub use log::{listener, reason};
use models_engine::Failure;
use std::sync::OnceLock;
pub use version::{FOLDER, ONE_GGML};

/// ggml with its plugins loaded. There is one a process.
pub struct Ggml {
    llama: LlamaBackend,
    devices: Vec<Device>,
}

/// Something that ggml computes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// As ggml calls it: "CPU", "CUDA0".
    pub name: String,
    /// As its maker calls it.
    pub description: String,
    pub gpu: bool,
    pub memory_free_bytes: u64,
    pub memory_total_bytes: u64,
}

impl Ggml {
    /// Loads the plugins at the first call; a failure names the folder in which none was found.
    pub fn ready() -> Result<&'static Self, Failure> {
        static ONE: OnceLock<Result<Ggml, Failure>> = OnceLock::new();
        ONE.get_or_init(Self::load).as_ref().map_err(Clone::clone)
    }

    fn load() -> Result<Self, Failure> {
        log::listen();
        plugins::load()?;
        let llama = LlamaBackend::init()
            .map_err(|error| Failure::new(format!("llama.cpp does not start: {error}")))?;
        let devices: Vec<Device> = list_llama_ggml_backend_devices()
            .into_iter()
            .map(Device::of)
            .collect();
        for device in &devices {
            tracing::info!(
                name = device.name,
                description = device.description,
                gpu = device.gpu,
                "ggml computes on"
            );
        }
        Ok(Self { llama, devices })
    }

    /// What llama.cpp wants to see before it loads a model.
    pub fn llama(&self) -> &LlamaBackend {
        &self.llama
    }

    pub fn devices(&self) -> &[Device] {
        &self.devices
    }

    pub fn has_gpu(&self) -> bool {
        self.devices.iter().any(|device| device.gpu)
    }
}

impl Device {
    fn of(device: LlamaBackendDevice) -> Self {
        Self {
            name: device.name,
            description: device.description,
            gpu: !matches!(
                device.device_type,
                LlamaBackendDeviceType::Cpu | LlamaBackendDeviceType::Accelerator
            ),
            memory_free_bytes: device.memory_free as u64,
            memory_total_bytes: device.memory_total as u64,
        }
    }
}
