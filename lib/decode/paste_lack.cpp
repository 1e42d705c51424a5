#include "decode/paste_lack.h"

#include "base/text.h"
#include "decode/paste_clean.h"

#include <array>

namespace aztriage::decode {
namespace {

struct Row {
  std::string_view words;
  std::string_view means;
};

/// What a shell or a tool says instead of an output, in the languages that Windows speaks.
constexpr auto kRefusals = std::to_array<Row>({
    {"command not found", "the tool is not installed there; another shell may have it"},
    {": not found", "the tool is not installed there; another shell may have it"},
    {"executable file not found", "the tool is not in that container; another image or shell may have it"},
    {"is not recognized as", "the tool is not installed there; another shell may have it"},
    {"wurde nicht als Name eines", "the tool is not installed there; another shell may have it"},
    {"ist entweder falsch geschrieben", "the tool is not installed there; another shell may have it"},
    {"n'est pas reconnu", "the tool is not installed there; another shell may have it"},
    {"no se reconoce", "the tool is not installed there; another shell may have it"},
    {"non è riconosciuto", "the tool is not installed there; another shell may have it"},
    {"認識されません", "the tool is not installed there; another shell may have it"},
    {"az login", "nobody is signed in there: az login comes first"},
    {"AuthorizationFailed", "their account may not read this; somebody with the role Reader can"},
    {"ResourceNotFound", "there is no such resource: the name or the group is another"},
    {"ResourceGroupNotFound", "there is no such resource group: the name or the subscription is another"},
    {"SubscriptionNotFound", "their account does not see that subscription: az account set comes first"},
    {"the following arguments are required", "the command was cut: an argument is missing"},
    {"unrecognized arguments", "the command was changed on its way: az does not know one of its arguments"},
});

/// What has to be there for each reader.
constexpr auto kNeeds = std::to_array<Row>({
    {"backend-health", "the JSON from its first to its last bracket is missing"},
    {"boot-log", "lines of a console are missing"},
    {"curl-headers", "the line of the status (HTTP/1.1 200 OK) is missing"},
    {"dig", "the line with status: NOERROR or the ANSWER SECTION is missing"},
    {"dsregcmd", "the lines AzureAdJoined and TenantId are missing"},
    {"instance-view", "the JSON from its first to its last bracket is missing"},
    {"json", "the JSON from its first to its last bracket is missing"},
    {"kubectl", "the JSON of kubectl get -o json, from its first to its last bracket, is missing"},
    {"nsg", "the JSON from its first to its last bracket is missing"},
    {"nslookup", "the lines Name and Address, or the error in their place, are missing"},
    {"openssl", "the lines from CONNECTED on, with the certificate chain, are missing"},
    {"redis-info", "lines such as redis_version:7.2 are missing"},
    {"routes", "the rows of the table are missing"},
    {"sockets", "the rows with local and remote addresses are missing"},
    {"ssh-debug", "the lines that begin with debug1: are missing"},
    {"sshd-config", "lines such as passwordauthentication no are missing"},
    {"test-connection", "the line TcpTestSucceeded, or what nc says at its end, is missing"},
});

bool only_prompts(std::string_view text) {
  for (const std::string_view line : text::split(text, '\n')) {
    if (!text::trim(line).empty() && after_prompt(line) == std::string_view::npos) return false;
  }
  return true;
}

/// A document that was cut while it was copied.
std::string_view cut_document(std::string_view text) {
  const std::string_view trimmed = text::trim(text);
  if (trimmed.empty()) return {};
  const bool opens = trimmed.front() == '{' || trimmed.front() == '[';
  const bool closes = trimmed.back() == '}' || trimmed.back() == ']';
  if (opens && !closes) return "the JSON ends before it is closed: its end is missing";
  if (closes && !opens) return "the beginning of the JSON is missing";
  return {};
}

}  // namespace

std::string paste_lack(std::string_view reader, std::string_view plain) {
  if (text::trim(plain).empty()) return "it is empty";
  for (const auto& row : kRefusals) {
    if (text::contains(plain, row.words)) return std::string(row.means);
  }
  if (only_prompts(plain)) return "only the command is there; the output under it is missing";
  if (const auto cut = cut_document(plain); !cut.empty()) return std::string(cut);
  for (const auto& row : kNeeds) {
    if (row.words == reader) return std::string(row.means);
  }
  return "check that it is the whole output";
}

}  // namespace aztriage::decode
