#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

// What consoles print where a start goes wrong. Sources: the pages of
// /troubleshoot/azure/virtual-machines/linux/ (kernel-related-boot-issues, linux-no-boot-dracut,
// linux-virtual-machine-cannot-start-fstab-errors, linux-recovery-cannot-start-file-system-errors,
// azure-linux-vm-uefi-boot-failures, vfat-disabled-boot-issues, linux-fulldisk-boot-error,
// linux-vm-no-boot-incorrect-hugepages-configuration, linux-selinux-troubleshooting,
// linux-vm-sshconnectionissue-perms) and of /troubleshoot/azure/virtual-machines/windows/
// (boot-error-troubleshoot, troubleshoot-common-blue-screen-error, troubleshoot-bitlocker-boot-error,
// troubleshoot-stuck-updating-boot-error, vm-stops-at-please-wait-for-group-policy-client,
// windows-boot-error-invalid-image-hash, serial-console-windows).

namespace aztriage::decode {

/// Known failures; the first of the list that is seen tells most.
inline constexpr std::array<std::string_view, 38> kBootFailures = {"selinux-policy",
                                                                   "secure-boot",
                                                                   "no-initramfs",
                                                                   "no-kernel",
                                                                   "vfat-disabled",
                                                                   "out-of-memory",
                                                                   "init-killed",
                                                                   "file-system-damaged",
                                                                   "root-missing",
                                                                   "kernel-panic",
                                                                   "grub-rescue",
                                                                   "no-boot-loader",
                                                                   "disk-full",
                                                                   "audit-halt",
                                                                   "device-missing",
                                                                   "mount-failed",
                                                                   "device-wait",
                                                                   "disk-errors",
                                                                   "hung-task",
                                                                   "network-failed",
                                                                   "cloud-init-failed",
                                                                   "ssh-no-host-keys",
                                                                   "ssh-host-key-permissions",
                                                                   "ssh-directory-owner",
                                                                   "unit-failed",
                                                                   "bitlocker",
                                                                   "image-signature",
                                                                   "evaluation-expired",
                                                                   "registry-damaged",
                                                                   "boot-configuration",
                                                                   "bugcheck",
                                                                   "setup-failed",
                                                                   "updates-reverting",
                                                                   "updating",
                                                                   "getting-ready",
                                                                   "group-policy-wait",
                                                                   "checking-disk",
                                                                   "automatic-repair"};

/// What the console stands at.
inline constexpr std::array<std::string_view, 17> kBootStates = {
    "running",     "empty",    "login-prompt", "emergency-mode", "dracut-shell", "initramfs-shell",
    "single-user", "grub",     "kernel-panic", "no-loader",      "power-off",    "sac",
    "bugcheck",    "recovery", "bitlocker",    "waiting",        "booting"};

/// Words of a line, in lower case, and what they are a sign of.
struct BootSign {
  std::string_view words;
  std::string_view name;
};
std::span<const BootSign> boot_failure_signs();
std::span<const BootSign> boot_state_signs();

/// Whether a line shows that a console is read at all.
bool is_console_line(std::string_view lower);

/// `0x0000007b` and `INACCESSIBLE_BOOT_DEVICE` for either way in which a line names a stop code; empty where
/// it names none.
struct StopCode {
  std::string code, name;
};
StopCode stop_code_in(std::string_view line);
/// `0xc000000e` in a line, in lower case.
std::string boot_status_in(std::string_view lower);
/// The failure that such a status stands for; empty where it is not a known one.
std::string_view failure_of_status(std::string_view status);

}  // namespace aztriage::decode
