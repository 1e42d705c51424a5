#include "decode/readers/boot_signs.h"

#include "base/text.h"

#include <algorithm>
#include <cstdio>

namespace aztriage::decode {
namespace {

constexpr auto kFailureSigns = std::to_array<BootSign>({
    {"failed to load selinux policy", "selinux-policy"},
    {"bad shim signature", "secure-boot"},
    {"secure boot violation", "secure-boot"},
    {"security violation", "secure-boot"},
    {"invalid signature detected", "secure-boot"},
    {"has invalid signature", "secure-boot"},
    {"unable to mount root fs", "no-initramfs"},
    {"file '/initramfs", "no-initramfs"},
    {"file `/initramfs", "no-initramfs"},
    {"file '/boot/initr", "no-initramfs"},
    {"file '/initrd", "no-initramfs"},
    {"file '/vmlinuz", "no-kernel"},
    {"file `/vmlinuz", "no-kernel"},
    {"file '/boot/vmlinuz", "no-kernel"},
    {"you need to load the kernel first", "no-kernel"},
    {"unknown filesystem type 'vfat'", "vfat-disabled"},
    {"unknown file system type 'vfat'", "vfat-disabled"},
    {"request_module fs-vfat succeeded, but still no fs", "vfat-disabled"},
    {"system is deadlocked on memory", "out-of-memory"},
    {"out of memory: kill", "out-of-memory"},
    {"out of memory and no killable processes", "out-of-memory"},
    {"oom-kill:", "out-of-memory"},
    {"attempted to kill init", "init-killed"},
    {"run xfs_repair", "file-system-damaged"},
    {"metadata crc error detected", "file-system-damaged"},
    {"metadata corruption detected", "file-system-damaged"},
    {"in need of filesystem check", "file-system-damaged"},
    {"unexpected inconsistency", "file-system-damaged"},
    {"run fsck manually", "file-system-damaged"},
    {"ext4-fs error", "file-system-damaged"},
    {"can't find ext4 filesystem", "file-system-damaged"},
    {"structure needs cleaning", "file-system-damaged"},
    {"bad magic number in super-block", "file-system-damaged"},
    {"superblock invalid, trying backup blocks", "file-system-damaged"},
    {"dracut-initqueue timeout", "root-missing"},
    {"dracut-initqueue: timeout", "root-missing"},
    {"gave up waiting for root", "root-missing"},
    {"does not exist.  dropping to a shell", "root-missing"},
    {"does not exist. dropping to a shell", "root-missing"},
    {"mountroot>", "root-missing"},
    {"kernel panic", "kernel-panic"},
    {"grub rescue>", "grub-rescue"},
    {"entering rescue mode", "grub-rescue"},
    {"minimal bash-like line editing is supported", "grub-rescue"},
    {"no operating system was loaded", "no-boot-loader"},
    {"did not load an operating system", "no-boot-loader"},
    {"start pxe over ipv4", "no-boot-loader"},
    {"select proper boot device", "no-boot-loader"},
    {"btx halted", "no-boot-loader"},
    {"no space left on device", "disk-full"},
    {"timed out waiting for device", "device-missing"},
    {"did not appear after 120 seconds", "device-wait"},
    {"a start job is running for", "device-wait"},
    {"failed to mount ", "mount-failed"},
    {"dependency failed for /", "mount-failed"},
    {"i/o error, dev ", "disk-errors"},
    {"buffer i/o error on dev", "disk-errors"},
    {"blocked for more than 120 seconds", "hung-task"},
    {"soft lockup", "hung-task"},
    {"failed to start raise network interfaces", "network-failed"},
    {"failed to start lsb: bring up/down networking", "network-failed"},
    {"failed to start network manager", "network-failed"},
    {"failed to start wicked managed network", "network-failed"},
    {"failed to start network configuration", "network-failed"},
    {"failed to start wait for network to be configured", "network-failed"},
    {"failed to start initial cloud-init job", "cloud-init-failed"},
    {"failed to start cloud-init", "cloud-init-failed"},
    {"failed to start apply the settings specified in cloud-config", "cloud-init-failed"},
    {"no hostkeys available", "ssh-no-host-keys"},
    {"unprotected private key file", "ssh-host-key-permissions"},
    {"must be owned by root and not group or world-writable", "ssh-directory-owner"},
    {"failed to start ", "unit-failed"},
    {"bitlocker recovery", "bitlocker"},
    {"recovery key for this drive", "bitlocker"},
    {"has the bitlocker key", "bitlocker"},
    {"password to unlock this drive", "bitlocker"},
    {"bitlocker-wiederherstellung", "bitlocker"},
    {"bootmgr is missing", "boot-configuration"},
    {"bootmgr image is corrupt", "boot-configuration"},
    {"bootmgr fehlt", "boot-configuration"},
    {"operating system wasn't found", "boot-configuration"},
    {"operating system not found", "boot-configuration"},
    {"missing operating system", "boot-configuration"},
    {"boot configuration data for your pc is missing", "boot-configuration"},
    {"boot configuration data file is missing", "boot-configuration"},
    {"registry file is missing or corrupt", "registry-damaged"},
    {"registry file failure", "registry-damaged"},
    {"windows installation cannot proceed", "setup-failed"},
    {"windows could not finish configuring the system", "setup-failed"},
    {"windows could not complete the installation", "setup-failed"},
    {"undoing changes made to your computer", "updates-reverting"},
    {"couldn't complete the updates", "updates-reverting"},
    {"failure configuring windows updates", "updates-reverting"},
    {"reverting changes", "updates-reverting"},
    {"nderungen werden r\xc3\xbc"
     "ckg\xc3\xa4ngig gemacht",
     "updates-reverting"},
    {"working on updates", "updating"},
    {"configuring windows updates", "updating"},
    {"preparing to configure windows", "updating"},
    {"applying update operation", "updating"},
    {"installing updates", "updating"},
    {"getting windows ready", "getting-ready"},
    {"windows wird vorbereitet", "getting-ready"},
    {"paration de windows", "getting-ready"},
    {"preparando windows", "getting-ready"},
    {"preparando o windows", "getting-ready"},
    {"preparazione di windows", "getting-ready"},
    {"windows \xe3\x81\xae\xe6\xba\x96\xe5\x82\x99", "getting-ready"},
    {"\xe5\x87\x86\xe5\xa4\x87 windows", "getting-ready"},
    {"group policy client", "group-policy-wait"},
    {"applying group policy", "group-policy-wait"},
    {"scanning and repairing drive", "checking-disk"},
    {"checking file system on", "checking-disk"},
    {"chkdsk is verifying", "checking-disk"},
    {"preparing automatic repair", "automatic-repair"},
    {"automatic repair couldn't repair", "automatic-repair"},
    {"diagnosing your pc", "automatic-repair"},
    {"attempting repairs", "automatic-repair"},
});

// Later lines of a console outweigh earlier ones; of one line the first sign counts.
constexpr auto kStateSigns = std::to_array<BootSign>({
    {"emergency mode", "emergency-mode"},
    {"give root password for maintenance", "emergency-mode"},
    {"root account is locked", "emergency-mode"},
    {"dracut:/#", "dracut-shell"},
    {"dracut emergency shell", "dracut-shell"},
    {"(initramfs)", "initramfs-shell"},
    {"dropping to a shell", "initramfs-shell"},
    {"enter full pathname of shell", "single-user"},
    {"rescue mode! after logging in", "single-user"},
    {"grub rescue>", "grub"},
    {"grub>", "grub"},
    {"kernel panic", "kernel-panic"},
    {"no operating system was loaded", "no-loader"},
    {"did not load an operating system", "no-loader"},
    {"start pxe over ipv4", "no-loader"},
    {"select proper boot device", "no-loader"},
    {"power down", "power-off"},
    {"reached target power-off", "power-off"},
    {"system halted", "power-off"},
    {"sac>", "sac"},
    {"sac started and initialized", "sac"},
    {"cmd command is now available", "sac"},
    {"bitlocker recovery", "bitlocker"},
    {"recovery key for this drive", "bitlocker"},
    {"has the bitlocker key", "bitlocker"},
    {"password to unlock this drive", "bitlocker"},
    {"bitlocker-wiederherstellung", "bitlocker"},
    {"automatic repair", "recovery"},
    {"your pc needs to be repaired", "recovery"},
    {"your pc couldn't start properly", "recovery"},
    {"bootmgr is missing", "recovery"},
    {"windows boot manager", "recovery"},
    {"reached target multi-user", "running"},
    {"reached target graphical interface", "running"},
    {"ctrl+alt+del", "login-prompt"},
    {"strg+alt+entf", "login-prompt"},
    {"a start job is running for", "waiting"},
    {"please wait for the", "waiting"},
    {"getting windows ready", "waiting"},
    {"working on updates", "waiting"},
    {"undoing changes", "waiting"},
    {"linux version ", "booting"},
    {"freebsd/", "booting"},
});

struct Stop {
  unsigned code;
  std::string_view name;
};
// Bug check code reference, /windows-hardware/drivers/debugger/bug-check-code-reference2.
constexpr auto kStops = std::to_array<Stop>({
    {0x0a, "IRQL_NOT_LESS_OR_EQUAL"},
    {0x1e, "KMODE_EXCEPTION_NOT_HANDLED"},
    {0x24, "NTFS_FILE_SYSTEM"},
    {0x3b, "SYSTEM_SERVICE_EXCEPTION"},
    {0x50, "PAGE_FAULT_IN_NONPAGED_AREA"},
    {0x51, "REGISTRY_ERROR"},
    {0x5a, "CRITICAL_SERVICE_FAILED"},
    {0x67, "CONFIG_INITIALIZATION_FAILED"},
    {0x74, "BAD_SYSTEM_CONFIG_INFO"},
    {0x7b, "INACCESSIBLE_BOOT_DEVICE"},
    {0x7e, "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED"},
    {0x9f, "DRIVER_POWER_STATE_FAILURE"},
    {0xc2, "BAD_POOL_CALLER"},
    {0xd1, "DRIVER_IRQL_NOT_LESS_OR_EQUAL"},
    {0xed, "UNMOUNTABLE_BOOT_VOLUME"},
    {0xef, "CRITICAL_PROCESS_DIED"},
    {0x133, "DPC_WATCHDOG_VIOLATION"},
    {0x139, "KERNEL_SECURITY_CHECK_FAILURE"},
});

struct Status {
  std::string_view status, failure;
};
constexpr auto kStatuses = std::to_array<Status>({
    {"0xc000000e", "boot-configuration"},
    {"0xc000000f", "boot-configuration"},
    {"0xc0000034", "boot-configuration"},
    {"0xc0000098", "boot-configuration"},
    {"0xc0000225", "boot-configuration"},
    {"0xc000014c", "registry-damaged"},
    {"0xc0000218", "registry-damaged"},
    {"0xc0000428", "image-signature"},
    {"0xc0000605", "evaluation-expired"},
});

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// The hexadecimal number behind `0x` at `from`; its digits are counted.
std::string digits_at(std::string_view lower, std::size_t from) {
  std::size_t end = from;
  while (end < lower.size() && is_hex(lower[end])) ++end;
  return std::string(lower.substr(from, end - from));
}

std::string wide(unsigned code) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", code);
  return text;
}

}  // namespace

std::span<const BootSign> boot_failure_signs() {
  return kFailureSigns;
}
std::span<const BootSign> boot_state_signs() {
  return kStateSigns;
}

bool is_console_line(std::string_view lower) {
  constexpr auto kMarks = std::to_array<std::string_view>(
      {"linux version ", "[  ok  ]", "[failed]", "[depend]", "command line: ", "systemd[1]", "cloud-init[",
       "started ", "reached target", "welcome to ", "hypervisor detected", "waagent", "freebsd/", "loading /",
       "press any key", "bios", "uefi", "stop code", "*** stop"});
  if (std::ranges::any_of(kMarks, [&](std::string_view mark) { return text::contains(lower, mark); }))
    return true;
  // `[    1.234567] ...` of the kernel.
  return lower.starts_with("[ ") && lower.find(']') != std::string_view::npos && lower.find('.') < 12;
}

StopCode stop_code_in(std::string_view line) {
  for (const Stop& stop : kStops) {
    const std::size_t at = line.find(stop.name);
    if (at == std::string_view::npos) continue;
    // A longer name that has this one in it is another code.
    if (at > 0 && (line[at - 1] == '_' || (line[at - 1] >= 'A' && line[at - 1] <= 'Z'))) continue;
    return {wide(stop.code), std::string(stop.name)};
  }
  const std::string lower = text::lower(line);
  const std::size_t stop = lower.find("stop");
  if (stop == std::string::npos) return {};
  const std::size_t hex = lower.find("0x", stop);
  if (hex == std::string::npos || hex > stop + 24) return {};
  const std::string digits = digits_at(lower, hex + 2);
  if (digits.empty() || digits.size() > 8) return {};
  unsigned code = 0;
  std::sscanf(digits.c_str(), "%x", &code);
  const auto known = std::ranges::find(kStops, code, &Stop::code);
  return {wide(code), known == kStops.end() ? std::string() : std::string(known->name)};
}

std::string boot_status_in(std::string_view lower) {
  for (std::size_t at = lower.find("0xc0"); at != std::string_view::npos; at = lower.find("0xc0", at + 4)) {
    if (const std::string digits = digits_at(lower, at + 2); digits.size() == 8) return "0x" + digits;
  }
  return {};
}

std::string_view failure_of_status(std::string_view status) {
  const auto known = std::ranges::find(kStatuses, status, &Status::status);
  return known == kStatuses.end() ? std::string_view() : known->failure;
}

}  // namespace aztriage::decode
