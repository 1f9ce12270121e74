// The texts of the help: Markdown files of ours inside the program, so that they need no network and no installation.
#pragma once

#include <QString>
#include <optional>

class QSettings;

namespace condenser {

struct HelpText {
    QString title;
    QString markdown;  // links are names of other pages ("keys"), or addresses
};

// resources/help/NAME.md; nothing where there is none.
std::optional<HelpText> helpText(const QString& name);

// "about" with what is true of this program on this machine: version, processor, threads, folders.
HelpText aboutText(const QSettings& settings);

}  // namespace condenser
