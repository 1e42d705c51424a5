#include "support/source_folder.h"

namespace aztriage::test {

std::string source_folder() {
  return AZTRIAGE_SOURCE_FOLDER;
}

}  // namespace aztriage::test
