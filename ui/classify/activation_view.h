// Two pictures side by side: what the network saw, and over it the class activation map.
#pragma once

#include <QImage>
#include <QWidget>
#include <functional>
#include <memory>
#include <optional>

#include "look/exhibit.h"
#include "look/theme.h"
#include "run/class_activation.h"

namespace condenser {

class ExhibitMenu;

class ActivationView : public QWidget {
    Q_OBJECT

  public:
    explicit ActivationView(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // The small picture, until the map brings the whole one.
    void showPicture(const QImage& seen);
    // `map` is one of `maps`, which belong to the picture shown.
    void showMap(const std::shared_ptr<const ActivationMaps>& maps, const ActivationMap& map, const QString& className);
    void setStrength(double strength);  // 0..1

    // Both pictures and the map's values, once there is a map. `name` is the file's.
    std::optional<Exhibit> exhibit(const QString& title, const QString& words, const QString& name) const;
    // The same from the context menu: asked for when it opens.
    void setMenu(std::function<std::optional<Exhibit>()> now);

    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

  signals:
    void exported(const QString& file);
    void exportFailed(const Error& error);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void overlay();

    Theme m_theme;
    QImage m_seen, m_overlaid;
    std::shared_ptr<const ActivationMaps> m_maps;  // null: none yet
    ActivationMap m_map;
    QString m_class;
    double m_strength = 0.6;
    std::function<std::optional<Exhibit>()> m_now;
    ExhibitMenu* m_menu;
};

}  // namespace condenser
