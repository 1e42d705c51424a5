#pragma once

#include "net/net.h"

namespace aztriage::cli {

/// From now on Ctrl-C, SIGTERM and a closed terminal set a flag and wake the loop, so that what is known can
/// still be told; a second one ends the process at once. `net` must stay for as long as signals may come;
/// without it there is no loop yet.
void catch_interrupts();
void catch_interrupts(net::Net& net);
bool interrupted();

}  // namespace aztriage::cli
