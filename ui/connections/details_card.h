// Beside the map: one of several panels about what is traced or shown, chosen by a chip.
#pragma once

#include <QFrame>
#include <vector>

class QGridLayout;
class QPushButton;
class QStackedWidget;

namespace condenser {

class ConnectionsPanel;
struct Theme;

class DetailsCard : public QFrame {
    Q_OBJECT

  public:
    explicit DetailsCard(QWidget* parent = nullptr);

    // `name` becomes the panel's object name, and with "Chip" that of the chip.
    void add(ConnectionsPanel* panel, const char* name, const QString& words, const QString& tip);
    void setTheme(const Theme& theme);

    QString shown() const;                // its name
    void showPanel(const QString& name);  // nothing where there is none of that name

  signals:
    void chosen(const QString& name);  // by the user

  private:
    QGridLayout* m_chips;
    QStackedWidget* m_panels;
    std::vector<QPushButton*> m_buttons;
};

}  // namespace condenser
