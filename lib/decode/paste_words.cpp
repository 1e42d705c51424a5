#include "decode/paste_words.h"

#include "base/text.h"

#include <array>

namespace aztriage::decode {
namespace {

struct Word {
  std::string_view foreign;
  std::string_view english;
};

/// What stands before the colon. "Address", "Addresses" and "Aliases" are not translated by nslookup itself,
/// but by mail programs and by some versions.
constexpr auto kHeadings = std::to_array<Word>({
    {"Serveur", "Server"},
    {"Servidor", "Server"},
    {"Serwer", "Server"},
    {"Сервер", "Server"},
    {"Sunucu", "Server"},
    {"サーバー", "Server"},
    {"服务器", "Server"},
    {"伺服器", "Server"},
    {"서버", "Server"},
    {"Nom", "Name"},
    {"Nombre", "Name"},
    {"Nome", "Name"},
    {"Naam", "Name"},
    {"Nazwa", "Name"},
    {"Namn", "Name"},
    {"Navn", "Name"},
    {"Имя", "Name"},
    {"Ad", "Name"},
    {"名前", "Name"},
    {"名称", "Name"},
    {"名稱", "Name"},
    {"이름", "Name"},
    {"Adresse", "Address"},
    {"Adresses", "Addresses"},
    {"Adressen", "Addresses"},
    {"Dirección", "Address"},
    {"Direcciones", "Addresses"},
    {"Indirizzo", "Address"},
    {"Indirizzi", "Addresses"},
    {"Endereço", "Address"},
    {"Endereços", "Addresses"},
    {"アドレス", "Address"},
    {"Alias", "Aliases"},
});

constexpr auto kWholeLines = std::to_array<Word>({
    {"Nicht autorisierende Antwort", "Non-authoritative answer"},
    {"Nicht-autorisierende Antwort", "Non-authoritative answer"},
    {"Réponse ne faisant pas autorité", "Non-authoritative answer"},
    {"Respuesta no autoritativa", "Non-authoritative answer"},
    {"Risposta da un server non autorevole", "Non-authoritative answer"},
    {"Não é resposta autoritativa", "Non-authoritative answer"},
    {"Resposta não autoritativa", "Non-authoritative answer"},
    {"Niet-bindend antwoord", "Non-authoritative answer"},
    {"Nieautorytatywna odpowiedź", "Non-authoritative answer"},
    {"Не заслуживающий доверия ответ", "Non-authoritative answer"},
    {"権限のない回答", "Non-authoritative answer"},
    {"非权威应答", "Non-authoritative answer"},
    {"未經授權的回答", "Non-authoritative answer"},
    {"권한 없는 응답", "Non-authoritative answer"},
});

/// The last word of a line of netstat.
constexpr auto kStates = std::to_array<Word>({
    {"ABHÖREN", "LISTENING"},
    {"HERGESTELLT", "ESTABLISHED"},
    {"WARTEND", "TIME_WAIT"},
    {"SCHLIESSEN_WARTEN", "CLOSE_WAIT"},
    {"SYN_GESENDET", "SYN_SENT"},
});

constexpr std::string_view kWideColon = "：";

/// The colon after a heading, ASCII or wide; its length in `size`.
std::size_t find_colon(std::string_view line, std::size_t& size) {
  const std::size_t plain = line.find(':');
  const std::size_t wide = line.find(kWideColon);
  size = wide < plain ? kWideColon.size() : 1;
  return std::min(plain, wide);
}

}  // namespace

void append_in_english(std::string& out, std::string_view line) {
  std::size_t size = 0;
  const std::size_t colon = find_colon(line, size);
  if (colon != std::string_view::npos && colon < 60) {
    const std::string_view heading = text::trim(line.substr(0, colon));
    for (const auto& word : kWholeLines) {
      if (heading != word.foreign) continue;
      out += word.english;
      out += ':';
      return;
    }
    for (const auto& word : kHeadings) {
      if (heading != word.foreign) continue;
      out += word.english;
      out += ':';
      out += line.substr(colon + size);
      return;
    }
  }
  if (const std::string_view trimmed = text::trim(line); trimmed.starts_with("TCP ")) {
    for (const auto& word : kStates) {
      const std::size_t at = line.find(word.foreign);
      if (at == std::string_view::npos || line[at - 1] != ' ') continue;
      out += line.substr(0, at);
      out += word.english;
      out += line.substr(at + word.foreign.size());
      return;
    }
  }
  out += line;
}

}  // namespace aztriage::decode
