// Feature maps as a grid of small pictures with a name below each; or one of them, large.
#pragma once

#include <QImage>
#include <QWidget>
#include <memory>
#include <vector>

#include "look/exhibit.h"
#include "look/theme.h"
#include "run/feature_maps.h"

namespace condenser {

struct MapTile {
    int channel = 0;
    QString made;   // by whom: "2.3"
    QString name;   // "f 71 · 2.3"
    QString words;  // "f 71 · 2.3, mean |w| 0.214"
};

// Mouse: hover reads a map's values, a click chooses a map. Keys: arrows, Home and End, Enter or Space chooses.
class MapGrid : public QWidget {
    Q_OBJECT

  public:
    explicit MapGrid(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Of the same channels in the same order: the cursor stays. A single tile is drawn as large as there is room.
    void setTiles(std::vector<MapTile> tiles, const std::shared_ptr<const FeatureMaps>& maps);
    const std::vector<MapTile>& tiles() const { return m_tiles; }
    // Dark and bright are the lowest and highest value of all maps shown; otherwise of each map by itself.
    void setCommonRange(bool on);
    void fit(const QSize& room);

    QRect mapRect(int tile) const;
    int tileAt(const QPoint& at) const;  // -1: none
    // The values that are read: the one under the pointer, or else the range of the map that the keyboard is at. Empty
    // without tiles.
    QString values() const;
    // The words of that map.
    QString words() const;
    // All maps, in the ranges in which they are seen.
    Exhibit exhibit(const QString& title, const QString& formula) const;
    int current() const { return m_hovered >= 0 ? m_hovered : m_cursor; }

  signals:
    void readingChanged();
    void cursorMoved(const QRect& tile);
    void chosen(int channel);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void drawMaps();
    void layOut();
    void tell();
    int columns() const;
    int nameHeight() const;

    Theme m_theme;
    std::vector<MapTile> m_tiles;
    std::shared_ptr<const FeatureMaps> m_maps;
    std::vector<QImage> m_images;  // a pixel a value
    bool m_common = false;
    QSize m_room;
    int m_side = 0;  // of a map, pixels
    int m_cursor = 0, m_hovered = -1;
    QPoint m_pointer;
};

}  // namespace condenser
