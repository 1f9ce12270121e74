#include "report/words.h"

#include <fmt/format.h>

#include <cmath>

#include "base/xml_text.h"

namespace condenser::report {

std::string percent(double share) {
    return fmt::format("{:.2f} %", 100 * share);
}

std::string scaled(std::int64_t count) {
    const auto value = static_cast<double>(count);
    for (const auto& [unit, name] : {std::pair{1e9, "G"}, {1e6, "M"}, {1e3, "k"}}) {
        if (value < unit) continue;
        const double shown = value / unit;
        return fmt::format("{:.{}f} {}", shown, shown < 100 ? 2 : 1, name);
    }
    return fmt::format("{}", count);
}

std::string duration(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string plain(double value) {
    return fmt::format("{}", value);
}

std::string rounded(double value) {
    return fmt::format("{:.4g}", value);
}

std::string timeOf(const std::string& iso) {
    if (iso.size() != 20) return iso;
    return iso.substr(0, 10) + " " + iso.substr(11, 5) + " UTC";
}

std::string element(std::string_view tag, std::string_view text, std::string_view cssClass) {
    if (cssClass.empty()) return fmt::format("<{0}>{1}</{0}>", tag, xmlText(text));
    return fmt::format("<{0} class=\"{2}\">{1}</{0}>", tag, xmlText(text), cssClass);
}

std::string lines(std::string_view text) {
    std::string html;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        html += (at > 0 ? "\n" : "") + xmlText(text.substr(at, end - at));
        at = end + 1;
    }
    return html;
}

std::string section(std::string_view title, std::string_view content) {
    return fmt::format("<section>{}\n{}</section>\n", element("h3", title), content);
}

std::string HtmlTable::html() const {
    std::string html = fmt::format("<div class=\"scroll\"><table class=\"{}\">", cssClass);
    if (!heading.empty()) {
        html += "<thead><tr>";
        for (const std::string& cell : heading) html += "<th scope=\"col\">" + cell + "</th>";
        html += "</tr></thead>";
    }
    html += "<tbody>\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        html += rowClasses.empty() || rowClasses[i].empty() ? std::string("<tr>")
                                                            : fmt::format("<tr class=\"{}\">", rowClasses[i]);
        for (std::size_t c = 0; c < rows[i].size(); ++c) {
            html += c == 0 ? "<th scope=\"row\">" + rows[i][c] + "</th>" : "<td>" + rows[i][c] + "</td>";
        }
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>\n";
}

}  // namespace condenser::report
