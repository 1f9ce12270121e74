#include "look/markdown.h"

namespace condenser {

QString markdownEscaped(const QString& text) {
    QString escaped;
    for (const QChar sign : text) {
        // A backslash makes any ASCII punctuation an ordinary sign (CommonMark 2.4); a line ends no paragraph here.
        if (sign.unicode() < 128 && (sign.isPunct() || sign.isSymbol())) escaped += u'\\';
        escaped += sign == u'\n' || sign == u'\r' ? QChar(u' ') : sign;
    }
    return escaped;
}

}  // namespace condenser
