#include "decode/read.h"

#include <doctest/doctest.h>

namespace aztriage::decode {
namespace {

Reading boot(const std::string& text) {
  return checked_read("boot-log", text);
}

// Shapes: /troubleshoot/azure/virtual-machines/linux/kernel-related-boot-issues, linux-no-boot-dracut,
// linux-virtual-machine-cannot-start-fstab-errors, linux-recovery-cannot-start-file-system-errors,
// vfat-disabled-boot-issues, linux-fulldisk-boot-error, azure-linux-vm-uefi-boot-failures.
TEST_CASE("boot-log: an entry of fstab without its device") {
  const Reading reading = boot(
      "[    0.000000] Linux version 5.15.0-1064-azure (buildd@x) #73-Ubuntu SMP\n"
      "[  OK  ] Started Journal Service.\n"
      "\x1b[K[\x1b[1;31m TIME \x1b[0m] Timed out waiting for device dev-disk-by\\x2duuid-1.device.\n"
      "[\x1b[1;33mDEPEND\x1b[0m] Dependency failed for /data.\n"
      "[DEPEND] Dependency failed for Local File Systems.\n"
      "You are in emergency mode. After logging in, type \"journalctl -xb\" to view\n"
      "Give root password for maintenance\n(or press Control-D to continue): ");
  CHECK(fact_of(reading, "state") == "emergency-mode");
  CHECK(fact_of(reading, "failure") == "device-missing");
  CHECK(fact_of(reading, "failures") == "device-missing, mount-failed");
  CHECK(fact_of(reading, "failed-mounts") == "/data");
  CHECK(fact_of(reading, "missing-devices") == "dev-disk-by\\x2duuid-1.device");
  CHECK(fact_of(reading, "kernel") == "5.15.0-1064-azure");
  CHECK(fact_of(reading, "last") == "(or press Control-D to continue):");
  CHECK(fact_of(reading, "boots") == "1");
  CHECK(fact_of(reading, "uptime") == "0");
  CHECK(fact_of(reading, "panic") == "-");
  CHECK(fact::look(reading.observation, "panic", "panic").known);
}

TEST_CASE("boot-log: panics by their reasons") {
  struct Row {
    const char* text;
    const char* failure;
  };
  for (const Row& row :
       {Row{"[  301.026129] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
            "no-initramfs"},
        Row{"[    3.1] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100",
            "init-killed"},
        Row{"[    0.847506] Kernel panic - not syncing: System is deadlocked on memory", "out-of-memory"},
        Row{"[   12.5] Kernel panic - not syncing: Fatal exception in interrupt", "kernel-panic"}}) {
    CAPTURE(row.text);
    const Reading reading = boot(row.text);
    CHECK(fact_of(reading, "state") == "kernel-panic");
    CHECK(fact_of(reading, "failure") == row.failure);
    CHECK(fact_of(reading, "failures") == row.failure);
    CHECK(fact_of(reading, "panic").starts_with("Kernel panic - not syncing"));
  }
}

TEST_CASE("boot-log: shells before the system") {
  const Reading dracut = boot(
      "[  201.935612] dracut-initqueue[455]: Warning: dracut-initqueue timeout - starting timeout scripts\n"
      "         Starting Dracut Emergency Shell...\nWarning: /dev/mapper/rootvg-rootlv does not exist\n\n"
      "Entering emergency mode. Exit the shell to continue.\n\ndracut:/# ");
  CHECK(fact_of(dracut, "state") == "dracut-shell");
  CHECK(fact_of(dracut, "failure") == "root-missing");
  CHECK(fact_of(dracut, "missing-devices") == "/dev/mapper/rootvg-rootlv");
  const Reading busybox = boot(
      "Gave up waiting for root file system device.  Common problems:\n"
      "ALERT!  /dev/mapper/osencrypt does not exist.  Dropping to a shell!\n\n(initramfs) ");
  CHECK(fact_of(busybox, "state") == "initramfs-shell");
  CHECK(fact_of(busybox, "missing-devices") == "/dev/mapper/osencrypt");
  CHECK(fact_of(boot("error: no such partition.\nEntering rescue mode...\ngrub rescue> "), "failure") ==
        "grub-rescue");
  CHECK(fact_of(boot("grub> "), "state") == "grub");
}

TEST_CASE("boot-log: one line of each known failure") {
  struct Row {
    const char* text;
    const char* failure;
  };
  for (const Row& row : {
           Row{"[    8.553867] XFS (sdc1): Unmount and run xfs_repair", "file-system-damaged"},
           Row{"/dev/sda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.", "file-system-damaged"},
           Row{"[   24.111029] dracut-initqueue[261]: mount: unknown filesystem type "
               "\xe2\x80\x98vfat\xe2\x80\x99",
               "vfat-disabled"},
           Row{"[   15.384699] cloud-init[1142]: OSError: [Errno 28] No space left on device", "disk-full"},
           Row{"[!!!!!!] Failed to load SELinux policy, freezing.", "selinux-policy"},
           Row{"error: file '/initramfs-3.10.0-1160.36.2.el7.x86_64.img' not found.", "no-initramfs"},
           Row{"error: ../../grub-core/kern/efi/sb.c:183:bad shim signature.", "secure-boot"},
           Row{"SCSI Disk (0,0)  The boot loader did not load an operating system.", "no-boot-loader"},
           Row{"[   ***] A start job is running for dev-disk-cloud-azure_resource (1min 30s / no limit)",
               "device-wait"},
           Row{"[FAILED] Failed to start Raise network interfaces.", "network-failed"},
           Row{"[FAILED] Failed to start OpenBSD Secure Shell server.", "unit-failed"},
           Row{"sshd[900]: sshd: no hostkeys available -- exiting.", "ssh-no-host-keys"},
           Row{"/var/empty/sshd must be owned by root and not group or world-writable.",
               "ssh-directory-owner"},
           Row{"[  242.7] INFO: task kworker blocked for more than 120 seconds.", "hung-task"},
           Row{"[    5.1] blk_update_request: I/O error, dev sda, sector 2048", "disk-errors"},
           Row{"mountroot> ", "root-missing"},
       }) {
    CAPTURE(row.text);
    CHECK(fact_of(boot(row.text), "failure") == row.failure);
  }
  CHECK(fact_of(boot("[ *] A start job is running for dev-sdb1.device (5s / 1min 30s)"), "waits-for") ==
        "dev-sdb1.device");
  CHECK(fact_of(boot("[FAILED] Failed to start OpenBSD Secure Shell server."), "failed-units") ==
        "OpenBSD Secure Shell server");
}

TEST_CASE("boot-log: memory that huge pages took") {
  const Reading reading = boot(
      "[  386.205473][  T709] Node 0 hugepages_total=3833 hugepages_free=3833 hugepages_size=2048kB\n"
      "[  386.559765][  T709] Out of memory: Killed process 1082 (netconfig) total-vm:13632kB\n");
  CHECK(fact_of(reading, "failure") == "out-of-memory");
  CHECK(fact_of(reading, "hugepages") == "3833");
  CHECK(fact_of(reading, "uptime") == "386.56");
}

TEST_CASE("boot-log: an audit service that halts the machine") {
  const char* const start = "[    9.1] systemd[1]: Starting Security Auditing Service...\n";
  CHECK(fact_of(boot(std::string(start) + "[   10.2] reboot: Power down\n"), "failure") == "audit-halt");
  CHECK(fact_of(boot(std::string(start) +
                     "[  OK  ] Started Security Auditing Service.\n[ 99.2] reboot: Power down\n"),
                "failure") == "-");
}

TEST_CASE("boot-log: a start that went well, also after one that did not") {
  const std::string good =
      "[    0.000000] Linux version 6.8.0-1015-azure (b@x)\n[    1.1] EXT4-fs (sda1): recovery complete\n"
      "[  OK  ] Reached target Multi-User System.\n"
      "[   21.4] cloud-init[900]: Cloud-init v. 24.4 finished at Mon, 01 Nov 2026 10:00:00 +0000.\n"
      "\nUbuntu 24.04.2 LTS vm1 ttyS0\n\nvm1 login: ";
  for (const std::string& text :
       {good, "[    0.000000] Linux version 6.9.0 (b@x)\n[  2.1] Kernel panic - not syncing: x\n" + good}) {
    const Reading reading = boot(text);
    CHECK(fact_of(reading, "state") == "login-prompt");
    CHECK(fact_of(reading, "failure") == "-");
    CHECK(fact_of(reading, "failures").empty());
    CHECK(fact_of(reading, "kernel") == "6.8.0-1015-azure");
  }
  CHECK(fact_of(boot("[  OK  ] Reached target Multi-User System.\n"), "state") == "running");
  CHECK(fact_of(boot("[  OK  ] Started Something.\n"), "state") == "booting");
}

// Shapes: /troubleshoot/azure/virtual-machines/windows/boot-error-troubleshoot and the pages it leads to.
TEST_CASE("boot-log: Windows") {
  struct Row {
    const char* text;
    const char* failure;
    const char* state;
  };
  for (const Row& row : {
           Row{"Windows Boot Manager\nStatus: 0xc000000e\nInfo: The boot selection failed",
               "boot-configuration", "recovery"},
           Row{"Your PC needs to be repaired\nError code: 0xC0000225", "boot-configuration", "recovery"},
           Row{"An operating system wasn\xe2\x80\x99t found. Try disconnecting any drives",
               "boot-configuration", "recovery"},
           Row{"File: \\windows\\system32\\winload.efi\nStatus: 0xc0000428", "image-signature", "recovery"},
           Row{"Error code: 0xc0000605", "evaluation-expired", "recovery"},
           Row{"STOP: c0000218 {Registry File Failure} The registry cannot load the hive", "registry-damaged",
               "recovery"},
           Row{"BitLocker recovery\nEnter the recovery key for this drive", "bitlocker", "bitlocker"},
           Row{"Working on updates  30% complete\nDon't turn off your computer", "updating", "waiting"},
           Row{"We couldn't complete the updates\nUndoing changes", "updates-reverting", "waiting"},
           Row{"Getting Windows ready\nDon't turn off your computer", "getting-ready", "waiting"},
           Row{"Windows wird vorbereitet\nSchalten Sie den Computer nicht aus.", "getting-ready", "waiting"},
           Row{"Pr\xc3\xa9paration de Windows\nN'\xc3\xa9teignez pas votre ordinateur", "getting-ready",
               "waiting"},
           Row{"Please wait for the Group Policy Client", "group-policy-wait", "waiting"},
           Row{"Scanning and repairing drive (C:): 20% complete", "checking-disk", "waiting"},
           Row{"Press Ctrl+Alt+Delete to unlock.", "-", "login-prompt"},
           Row{"Computer is booting, SAC started and initialized.\n\nSAC>", "-", "sac"},
       }) {
    CAPTURE(row.text);
    const Reading reading = boot(row.text);
    CHECK(fact_of(reading, "failure") == row.failure);
    CHECK(fact_of(reading, "state") == row.state);
  }
  CHECK(fact_of(boot("Please wait for the Group Policy Client"), "waits-for") == "Group Policy Client");
}

TEST_CASE("boot-log: stop codes by name and by number, in any language") {
  for (const char* text : {"Your device ran into a problem\nStop code: INACCESSIBLE_BOOT_DEVICE",
                           "Stillstandcode: INACCESSIBLE_BOOT_DEVICE",
                           "*** STOP: 0x0000007B (0xFFFFF880,0x0)", "Stop error 0x7B"}) {
    CAPTURE(text);
    const Reading reading = boot(text);
    CHECK(fact_of(reading, "stop-code") == "0x0000007b");
    CHECK(fact_of(reading, "stop-name") == "INACCESSIBLE_BOOT_DEVICE");
    CHECK(fact_of(reading, "failure") == "bugcheck");
    CHECK(fact_of(reading, "state") == "bugcheck");
  }
  CHECK(fact_of(boot("*** STOP: 0x000000F4"), "stop-code") == "0x000000f4");
  CHECK(fact_of(boot("*** STOP: 0x000000F4"), "stop-name") == "-");
  CHECK(fact_of(boot("DRIVER_IRQL_NOT_LESS_OR_EQUAL"), "stop-code") == "0x000000d1");
}

TEST_CASE("boot-log: an empty console, and texts that are none") {
  CHECK(fact_of(boot(" \r\n\n"), "state") == "empty");
  CHECK(failure_of(boot("the machine does not come up")) == "unreadable");
  CHECK(failure_of(boot("{\"a\": 1}")) == "unreadable");
}

}  // namespace
}  // namespace aztriage::decode
