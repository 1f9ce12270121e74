// The row above a plot: a swatch, a name and the latest value of each curve.
#pragma once

#include <QWidget>
#include <vector>

#include "look/theme.h"

namespace condenser {

// Aligned to the right. Entries that do not fit are left out, last first.
class Legend : public QWidget {
    Q_OBJECT

  public:
    explicit Legend(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Adds an entry and returns its number; without text it takes no room.
    int add(Ink ink, bool diamond = false);
    void setText(int entry, const QString& text);
    QString text() const;  // all entries, for a screen reader

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Entry {
        Ink ink;
        bool diamond;
        QString text;
    };
    int widthOf(const Entry& entry) const;

    std::vector<Entry> m_entries;
    Theme m_theme;
};

}  // namespace condenser
