// Small pictures in rows, one of each class.
#pragma once

#include <QImage>
#include <QWidget>
#include <vector>

namespace condenser {

class ThumbnailStrip : public QWidget {
    Q_OBJECT

  public:
    explicit ThumbnailStrip(QWidget* parent = nullptr);

    // Both of one length; a null picture is an empty frame.
    void setPictures(std::vector<QImage> pictures, const QStringList& names);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void fitHeight();
    QRect place(int index) const;

    std::vector<QImage> m_pictures;
    QStringList m_names;
};

}  // namespace condenser
